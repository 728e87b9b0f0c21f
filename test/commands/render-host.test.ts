/** `lbex render` on the host that serves: it reports a listener that another program holds, and not those of lbex's own NGINX. */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import type {Server} from 'node:net'
import {join} from 'node:path'
import {freePorts, holdPort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {lbex} from './lbex.js'
import {complete} from './manifests.js'
import {endNginx, nginxFlags} from './nginx.js'

describe('lbex render on the host that serves', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let flags: string[]
  let served: number
  let held: number
  let other: Server

  beforeEach(async () => {
    folder = await temporaryFolder()
    ;[served = 0, held = 0] = await freePorts(2)
    other = await holdPort(held)
    await write(complete('web', served, 80))
    flags = [
      ...['-f', 'web.yaml', '--listen-address', '127.0.0.1', '--no-health-check'],
      ...(await nginxFlags(folder.path)),
    ]
    const {stderr, exitCode} = await lbex(['run', ...flags, '--once'], {cwd: folder.path})
    assert.equal(exitCode, 0, stderr)
  })
  afterEach(async () => {
    await endNginx(folder.path)
    other.close()
    await folder.remove()
  })

  const write = (text: string): Promise<void> => writeFile(join(folder.path, 'web.yaml'), text)
  const render = (...more: string[]) => lbex(['render', ...flags, '--complete', ...more], {cwd: folder.path})

  it('does not report the listeners of its own NGINX', async () => {
    assert.deepEqual(await render('--diff', 'live'), {
      stdout: '',
      stderr: 'no differences\n',
      exitCode: 0,
    })
    const {stderr, exitCode} = await render('--validate')
    assert.match(stderr, /^NGINX \d+\.\d+\.\d+ accepts the configuration\n$/)
    assert.equal(exitCode, 0)
  })

  it('reports a listener that another program holds, and skips it', async () => {
    await write(complete('web', served, 80) + complete('taken', held, 80))
    const message = `NGINX cannot listen on 127.0.0.1:${held}/TCP: the port is in use; this port is not exposed`
    const live = await render('--diff', 'live')
    assert.match(
      live.stderr,
      new RegExp(
        `^web\\.yaml:\\d+:\\d+: error port-held ${message}\n {4}Service default/taken: .*\n {4}hint: .*\n1 error\nno differences\n$`,
      ),
    )
    assert.deepEqual([live.stdout, live.exitCode], ['', 1])

    const json = await render('--validate', '--json')
    const {files, diagnostics} = JSON.parse(json.stdout)
    assert.deepEqual(
      [diagnostics.length, diagnostics[0].code, diagnostics[0].message],
      [1, 'port-held', message],
    )
    assert.deepEqual([files.length, json.exitCode], [4, 1])
  })

  it('probes nothing without --validate and --diff live', async () => {
    await write(complete('taken', held, 80))
    const {stdout, stderr, exitCode} = await render()
    assert.match(stdout, new RegExp(`listen 127\\.0\\.0\\.1:${held} `))
    assert.deepEqual([stderr, exitCode], ['', 0])
  })
})
