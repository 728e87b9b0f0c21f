/** `lbex doctor` as an operator calls it: before lbex runs, while it runs, and when something is in the way. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {apiNode, apiService, apiSlice} from '../support/api-double/objects.js'
import {useDouble} from '../support/api-double/use-double.js'
import {freePort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {lbex, startLbex} from './lbex.js'
import {endNginx, nginxFlags} from './nginx.js'

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete'])

describe('lbex doctor', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const use = useDouble()
  let folder: TemporaryFolder
  let backend: Backend
  let port: number
  let flags: string[]

  beforeEach(async () => {
    folder = await temporaryFolder()
    backend = await startTcpBackend('blue')
    port = await freePort()
    const annotations = {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      'loadbalancer-port.lbex/main': `${port}`,
      'loadbalancer.lbex/upstream-type': 'pod',
    }
    const slice = {
      ...apiSlice('web', ['127.0.0.1']),
      ports: [{name: 'main', protocol: 'TCP', port: backend.port}],
    }
    use.api.put(apiService('web', {annotations}))
    use.api.put(slice)
    use.api.put(apiNode('node-1', '127.0.0.1'))
    flags = [
      ...['--proxy', use.api.url, '--listen-address', '127.0.0.1'],
      ...['--health-address', '127.0.0.1', '--health-port', `${await freePort()}`],
      ...(await nginxFlags(folder.path)),
    ]
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  const line = (stdout: string, check: string) =>
    stdout.split('\n').find((text) => text.split(/ +/)[1] === check)

  it('warns of objects that it cannot read', async () => {
    use.api.put({...apiService('odd'), spec: {ports: {}}})
    const {stderr} = await lbex(['doctor', ...flags])
    assert.match(
      stderr,
      /^warning: an object cannot be read; .*name="default\/odd", error="spec\.ports must be a list"\)\n$/,
    )
  })

  it('reports no problem before lbex runs, and changes nothing', async () => {
    const {stdout, stderr, exitCode} = await lbex(['doctor', ...flags])
    assert.deepEqual([stderr, exitCode], ['', 0])
    assert.match(line(stdout, 'nginx') ?? '', /^ok +nginx +NGINX \d+\.\d+\.\d+ at /)
    assert.match(line(stdout, 'nginx-dir') ?? '', /^ok .* can be created$/)
    assert.match(
      line(stdout, 'api-permissions') ?? '',
      /^ok .* may list and watch services, endpointslices, nodes$/,
    )
    assert.match(line(stdout, 'ports') ?? '', /^ok .* 1 listener: 1 free$/)
    assert.match(line(stdout, 'backends') ?? '', /^ok .* connected to 1 of 1 address$/)
    assert.doesNotMatch(stdout, /\u001B|problem/)
    assert.equal(existsSync(join(folder.path, 'nginx')), false)
    assert.deepEqual(
      use.api.requests.filter(({verb, plural}) => WRITES.has(verb) && plural !== ''),
      [],
    )
  })

  it('recognizes the running lbex', async () => {
    flags.push('--on-stop', 'drain', '--log-level', 'warn', '--reload-interval=1s')
    const {child, ended} = startLbex(['run', ...flags])
    await waitFor(() => askTcp({port}).catch(() => undefined), {
      what: 'the Service to answer',
      deadline: 30_000,
    })
    const {stdout, exitCode} = await lbex(['doctor', ...flags])
    child.kill('SIGTERM')
    await ended
    assert.equal(exitCode, 0, stdout)
    assert.match(
      line(stdout, 'nginx-dir') ?? '',
      new RegExp(`^ok .* the running lbex \\(process ${child.pid}\\)`),
    )
    assert.match(line(stdout, 'health-port') ?? '', /^ok .* an lbex answers on \d+: healthy$/)
    assert.match(line(stdout, 'ports') ?? '', /^ok .* 1 listener: 1 served by our NGINX$/)
  })

  it('reports problems with their fix', async () => {
    use.api.forbidden.add('watch nodes')
    const holder = createServer().listen(port, '127.0.0.1')
    await once(holder, 'listening')
    const {stdout, exitCode} = await lbex(['doctor', ...flags], {env: {FORCE_COLOR: '1'}})
    holder.close()
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /\u001B\[31mproblem\u001B\[39m {2}api-permissions +lbex may not watch nodes\n +fix: grant it/,
    )
    assert.match(
      stdout,
      new RegExp(
        `ports +127\\.0\\.0\\.1:${port}/TCP for Service default/web: the port is in use\n +fix: sudo ss -tlnp`,
      ),
    )
    assert.match(stdout, /\n2 problems, .*\d+ ok\n$/)
  })

  it('prints a JSON object, also if nothing could be checked', async () => {
    const {stdout, exitCode} = await lbex(['doctor', '--json', '--nginx-bin', '/none'])
    const {findings} = JSON.parse(stdout) as {findings: {check: string; state: string; message: string}[]}
    assert.deepEqual(findings[0]?.check, 'nginx')
    assert.ok(findings.some(({check, state}) => check === 'api' && state === 'problem'))
    assert.equal(exitCode, 1)
  })

  it('rejects flags that lbex run would reject', async () => {
    const {stderr, exitCode} = await lbex(['doctor', '--health-port', '0'])
    assert.match(stderr, /^error: --health-port/)
    assert.equal(exitCode, 2)
  })
})
