/** Signals that reach lbex before it has loaded its program. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {freePort} from '../support/ports.js'
import {temporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {lbex, root, startLbex} from './lbex.js'
import {complete} from './manifests.js'
import {endNginx, nginxFlags} from './nginx.js'

/** bin/run.js reads the user ID first, so the signal has arrived by then. */
const HANG_UP = `
import os from 'node:os'
import {syncBuiltinESMExports} from 'node:module'
const {userInfo} = os
os.userInfo = (...parameters) => {
  process.kill(process.pid, 'SIGHUP')
  return userInfo(...parameters)
}
syncBuiltinESMExports()`

/** From the mask of signals with a handler (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html). */
function handlesHangUp(pid: number): boolean {
  const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (BigInt(`0x${mask}`) & 1n) === 1n
}

describe('a SIGHUP at the start', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('does not end a daemon: the command line is parsed and rejected', async () => {
    const options = `--import=data:text/javascript,${encodeURIComponent(HANG_UP)}`
    const {exitCode, stderr} = await lbex(['run', '--no-such-flag'], {env: {NODE_OPTIONS: options}})
    assert.equal(exitCode, 2)
    assert.match(stderr, /no-such-flag/)
  })

  // Before Node.js runs any code of lbex, SIGHUP ends it: no program can prevent that, but systemd does (see below).
  it('does not end a daemon from the moment at which the kernel says that it is handled, however often it comes', async () => {
    const [folder, listen] = await Promise.all([temporaryFolder(), freePort()])
    const manifest = join(folder.path, 'web.yaml')
    await writeFile(manifest, complete('web', listen, 9))
    const flags = ['--once', '--listen-address', '127.0.0.1', ...(await nginxFlags(folder.path))]
    const {child, ended} = startLbex(['run', '-f', manifest, ...flags])
    try {
      child.stdin?.end()
      let isRunning = true
      void ended.then(() => (isRunning = false))
      const pid = child.pid as number
      await waitFor(() => !isRunning || handlesHangUp(pid), {what: 'the handler of SIGHUP'})
      assert.ok(isRunning)
      const hasEnded = (): boolean => {
        child.kill('SIGHUP')
        return !isRunning
      }
      await waitFor(hasEnded, {what: 'the end of lbex', deadline: 60_000, every: 2})
      const {exitCode, stderr} = await ended
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, /reading everything again/)
    } finally {
      child.kill('SIGKILL')
      await endNginx(folder.path)
      await folder.remove()
    }
  })

  it('is not sent by the unit: systemd reloads it only when lbex serves', async () => {
    const unit = await readFile(join(root, 'packaging/systemd/lbex.service'), 'utf8')
    assert.match(unit, /^Type=notify$/m)
    assert.match(unit, /^ExecReload=\/bin\/sh -c 'kill -HUP \$\{MAINPID\}'$/m)
  })
})
