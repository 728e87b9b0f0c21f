import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePorts} from '../support/ports.js'
import {skipBecause} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {startOnTerminal, whyNoTerminals} from '../support/terminal.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {LOCAL_BACKENDS, root} from './lbex.js'
import {complete} from './manifests.js'
import {endNginx, nginxFlags} from './nginx.js'

const CTRL_S = '\u0013'

describe('lbex run on a terminal', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let backend: Backend

  before(function () {
    skipBecause(this, whyNoTerminals())
  })
  beforeEach(async () => {
    folder = await temporaryFolder()
    backend = await startTcpBackend('blue')
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  it('keeps serving if the terminal is stopped, and exits on a signal', async () => {
    const [first = 0, second = 0] = await freePorts(2)
    const file = join(folder.path, 'web.yaml')
    await writeFile(file, complete('web', first, backend.port))
    const flags = ['-f', file, '--listen-address', '127.0.0.1', '--health-check=false']
    const words = [process.execPath, join(root, 'bin/run.js'), 'run', ...flags]
    const terminal = startOnTerminal([...words, ...(await nginxFlags(folder.path))], {
      PATH: process.env['PATH'] ?? '',
      ...LOCAL_BACKENDS,
    })
    await waitFor(() => terminal.shown().includes('configuration applied'), {what: 'NGINX to serve'})
    const pid = Number(/lbex started .*\bpid=(\d+)/.exec(terminal.shown())?.[1])
    try {
      terminal.type(CTRL_S)
      await writeFile(file, complete('web', second, backend.port))
      const answer = () => askTcp({port: second}).catch(() => undefined)
      await waitFor(async () => (await answer()) === 'blue', {what: 'the change'})
      let exitCode: number | null | undefined
      void terminal.ended.then((code) => (exitCode = code))
      process.kill(pid, 'SIGTERM')
      await waitFor(() => exitCode !== undefined, {what: 'lbex to end', deadline: 15_000})
      assert.equal(exitCode, 0)
      assert.equal(terminal.shown().split('configuration applied').length - 1, 1)
    } finally {
      terminal.hangUp()
    }
  })
})
