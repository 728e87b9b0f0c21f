import assert from 'node:assert/strict'
import {createServer} from 'node:net'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {lint, parseExposition, valueOf} from '../support/exposition.js'
import {freePort, freePorts} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {endNginx, nginxFlags} from './nginx.js'
import {lbex, startLbex} from './lbex.js'
import {BROKEN, complete} from './manifests.js'

describe('lbex run', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let backend: Backend
  let flags: string[]
  let healthPort: number

  beforeEach(async () => {
    folder = await temporaryFolder()
    backend = await startTcpBackend('blue')
    healthPort = await freePort()
    flags = [
      ...['-f', join(folder.path, 'web.yaml'), '--listen-address', '127.0.0.1'],
      ...['--health-address', '127.0.0.1', '--health-port', `${healthPort}`, '--live-updates', 'off'],
      ...(await nginxFlags(folder.path)),
    ]
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  const write = (text: string) => writeFile(join(folder.path, 'web.yaml'), text)
  const answers = (port: number) => askTcp({port}).catch(() => undefined)
  const health = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${healthPort}${path}`).catch(() => undefined)
    return response && [response.status, await response.text()]
  }
  const ready = () =>
    waitFor(async () => (await health('/readyz'))?.[0] === 200, {what: '/readyz', deadline: 30_000})

  it('serves, follows the files, answers health checks, and drains on SIGTERM', async () => {
    const [first = 0, second = 0] = await freePorts(2)
    await write(complete('web', first, backend.port))
    const {child, ended} = startLbex(['run', ...flags])
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    await ready()
    assert.equal(await answers(first), 'blue')
    assert.deepEqual(await health('/'), [200, 'healthy\n'])
    assert.deepEqual(await health('/readyz?verbose'), [
      200,
      '[+]sync ok\n[+]apply ok\n[+]freshness ok\n[+]nginx ok\n[+]listeners ok: 1 of 1 open\n[+]shutdown ok\nreadyz check passed\n',
    ])

    const {
      stdout: table,
      stderr: summary,
      ...shown
    } = await lbex(['status', '--nginx-dir', join(folder.path, 'nginx')])
    assert.match(table, new RegExp(`^default +web +127\\.0\\.0\\.1:${first}/TCP +1/1 +served$`, 'm'))
    assert.match(summary, /: 1 Service, 1 asks for lbex, 1 served\n$/)
    assert.equal(shown.exitCode, 0)

    await write(complete('web', second, backend.port))
    await waitFor(() => answers(second), {what: 'the new port'})
    await waitFor(async () => (await answers(first)) === undefined, {what: 'the old port to close'})
    await waitFor(() => log.split('"configuration applied"').length === 3, {
      what: 'the change to be confirmed',
    })

    child.kill('SIGTERM')
    const {stdout, stderr, exitCode} = await ended
    assert.deepEqual([stdout, exitCode], ['', 0])
    assert.equal(await answers(second), undefined)
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.ok(lines.every(({level, time, msg}) => level && time && msg))
    const messages = lines.map(({msg}) => msg)
    assert.equal(messages[0], 'lbex started')
    for (const line of [
      '1 Service, 1 asks for lbex, 1 served',
      `listening on 127.0.0.1:${first}/TCP for default/web, 1 server`,
      `closed 127.0.0.1:${first}/TCP of default/web`,
      `listening on 127.0.0.1:${second}/TCP for default/web, 1 server`,
    ])
      assert.ok(messages.includes(line), line)
    assert.equal(messages.filter((message) => message === 'configuration applied').length, 2)
    assert.deepEqual([messages.includes('stopping'), messages.at(-1)], [true, 'lbex stopped'])
  })

  it('exposes metrics', async () => {
    const [first = 0, second = 0, dns = 0] = await freePorts(3)
    const others = complete('dns', dns, backend.port, 'UDP') + BROKEN
    await write(complete('web', first, backend.port) + others)
    const {child, ended} = startLbex(['run', ...flags])
    await ready()
    await write(complete('web', second, backend.port) + others)
    const metrics = async () => parseExposition(`${(await health('/metrics'))?.[1]}`)
    const confirmed = {result: 'confirmed', reason: 'change'}
    const families = await waitFor(
      async () => {
        const found = await metrics()
        return valueOf(found, 'lbex_nginx_reloads_total', confirmed) === 1 && found
      },
      {what: 'the reload to be counted'},
    )
    assert.deepEqual(lint(families.filter(({name}) => name.startsWith('lbex_'))), [])
    const values: Array<[number, string, Record<string, string>?]> = [
      [1, 'lbex_nginx_reload_duration_seconds_count'],
      [1, 'lbex_nginx_starts_total', {result: 'confirmed'}],
      [2, 'lbex_nginx_test_duration_seconds_count', {result: 'accepted'}],
      [1, 'lbex_nginx_serving'],
      [2, 'lbex_services', {state: 'served'}],
      [1, 'lbex_services', {state: 'rejected'}],
      [1, 'lbex_listeners', {protocol: 'TCP'}],
      [1, 'lbex_listeners', {protocol: 'UDP'}],
      [2, 'lbex_upstream_servers'],
      [1, 'lbex_diagnostics', {code: 'port-invalid', severity: 'error'}],
    ]
    for (const [value, name, labels] of values) assert.equal(valueOf(families, name, labels), value, name)
    const generation = families.find(({name}) => name === 'lbex_config_info')?.samples[0]?.labels
    assert.equal(valueOf(families, 'lbex_nginx_workers', {...generation, state: 'current'}), 1)

    await write(complete('web', second, backend.port))
    await waitFor(async () => valueOf(await metrics(), 'lbex_services', {state: 'rejected'}) === 0, {
      what: 'the broken Service to be gone',
    })
    assert.deepEqual((await metrics()).find(({name}) => name === 'lbex_diagnostics')?.samples, [])
    child.kill('SIGTERM')
    assert.equal((await ended).exitCode, 0)
  })

  it('applies once and leaves NGINX serving, for the next lbex to adopt', async () => {
    const port = await freePort()
    await write(complete('web', port, backend.port))
    const text = ['--log-format', 'text', '--log-level', 'info,nginx=debug']
    const once = await lbex(['run', ...flags, '--once', ...text])
    assert.equal(once.exitCode, 0, once.stderr)
    assert.match(
      once.stderr,
      /INFO: configuration applied generation=[\da-f]{12} .*component=controller reconcile=1\n/,
    )
    assert.match(once.stderr, /DEBUG: configtest finished result=accepted .*component=nginx reconcile=1\n/)
    assert.doesNotMatch(once.stderr, /DEBUG: (?!.*component=nginx)/)
    assert.equal(await answers(port), 'blue')

    const live = await lbex(['render', ...renderFlags(flags), '--diff', 'live'])
    assert.deepEqual(live, {stdout: '', stderr: 'no differences\n', exitCode: 0})
    await write(complete('web', port, await freePort()))
    const changed = await lbex(['diff', ...renderFlags(flags)])
    assert.match(changed.stdout, new RegExp(`^- +server 127\\.0\\.0\\.1:${backend.port};`, 'm'))
    assert.deepEqual([changed.stderr, changed.exitCode], ['', 1])
    await write(complete('web', port, backend.port))

    const again = await lbex(['run', ...flags, '--once', '--on-stop', 'drain', '--log-level', 'debug'])
    assert.equal(again.exitCode, 0, again.stderr)
    assert.match(again.stderr, /"msg":"NGINX adopted"/)
    assert.match(again.stderr, /"msg":"configuration unchanged"/)
    assert.equal(await answers(port), undefined)
  })

  it('serves the valid Services if another has an error, with exit code 1', async () => {
    const port = await freePort()
    await write(complete('web', port, backend.port) + BROKEN)
    const {stderr, exitCode} = await lbex(['run', ...flags, '--once'])
    assert.equal(exitCode, 1)
    assert.match(stderr, /"level":"error".*"code":"port-invalid".*"msg":"diagnostic appeared"/)
    assert.equal(await answers(port), 'blue')
  })

  it('exits at once on the second signal and leaves NGINX serving', async () => {
    const port = await freePort()
    await write(complete('web', port, backend.port))
    const {child, ended} = startLbex(['run', ...flags, '--pre-stop-delay', '1h'])
    await ready()
    child.kill('SIGTERM')
    await waitFor(async () => (await health('/readyz'))?.[0] === 503, {what: '/readyz to fail'})
    assert.deepEqual(await health('/'), [200, 'healthy\n'])
    child.kill('SIGINT')
    assert.equal((await ended).exitCode, 130)
    assert.equal(await answers(port), 'blue')
  })

  it('starts with the flags of lbex 1.x', async () => {
    await write(complete('web', await freePort(), backend.port))
    const old = ['--logtostderr', '--stderrthreshold=2', '--vmodule', 'a=1', '-v', '2']
    const {stderr, exitCode} = await lbex(['run', ...flags, '--once', ...old])
    assert.equal(exitCode, 0, stderr)
    const warnings = stderr.split('\n').filter((line) => line.includes('"level":"warn"'))
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /--logtostderr, --stderrthreshold, --vmodule: accepted/)
  })

  describe('fails with one line', () => {
    beforeEach(async () => write(complete('web', await freePort(), backend.port)))

    /** The lines that are not from the log. */
    const told = (stderr: string) => stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))

    it('if the health port is taken', async () => {
      const holder = createServer().listen(healthPort, '127.0.0.1')
      await once(holder, 'listening')
      const {stderr, exitCode} = await lbex(['run', ...flags])
      holder.close()
      assert.deepEqual(told(stderr), [
        `error: cannot answer health checks on port ${healthPort}: the port is in use by process ${process.pid} of user ${process.getuid?.()}`,
        'hint: choose another port with --health-port, or turn health checks off with --health-check=false',
      ])
      assert.equal(exitCode, 3)
    })

    it('if another lbex has the health port, and names it', async () => {
      const {child, ended} = startLbex(['run', ...flags])
      await ready()
      const other = ['--nginx-dir', join(folder.path, 'other')]
      const {stderr, exitCode} = await lbex(['run', ...flags, ...other])
      assert.deepEqual(told(stderr), [
        `error: cannot answer health checks on port ${healthPort}: the port is in use by another lbex, which reports healthy`,
        'hint: stop that lbex, or choose another port with --health-port',
      ])
      assert.equal(exitCode, 3)
      child.kill('SIGTERM')
      await ended
    })

    it('if an NGINX that was left running has the health port, and names it', async () => {
      const port = await freePort()
      await write(complete('web', port, backend.port))
      await lbex(['run', ...flags, '--once'])
      const {stderr, exitCode} = await lbex(['run', ...flags, '--health-port', `${port}`])
      assert.deepEqual(told(stderr), [
        `error: cannot answer health checks on port ${port}: the port is in use by the NGINX that an earlier lbex left running, which serves a Service on it`,
        'hint: stop it with lbex drain (and the same --nginx-dir), or choose another port with --health-port',
      ])
      assert.equal(exitCode, 3)
      assert.equal(await answers(port), 'blue')
    })

    it('if another lbex uses the folder', async () => {
      const {child, ended} = startLbex(['run', ...flags])
      await ready()
      const {stderr, exitCode} = await lbex(['run', ...flags, '--health-check=false'])
      assert.equal(
        told(stderr)[0],
        `error: another lbex (process ${child.pid}) uses ${join(folder.path, 'nginx')}`,
      )
      assert.equal(exitCode, 3)
      child.kill('SIGTERM')
      await ended
    })

    it('if there is no NGINX', async () => {
      const {stderr, exitCode} = await lbex(['run', ...flags, '--nginx-bin', '/none'])
      assert.equal(told(stderr)[0], 'error: NGINX was not found: /none is not an executable file')
      assert.equal(exitCode, 3)
    })

    it('if there are no manifests', async () => {
      const {stderr, exitCode} = await lbex(['run', ...flags, '-f', '/none.yaml'])
      assert.equal(told(stderr)[0], 'error: there is no file or folder "/none.yaml"')
      assert.equal(exitCode, 3)
    })
  })
})

/** Without the flags that only run has. */
function renderFlags(flags: readonly string[]): string[] {
  const at = flags.indexOf('--health-address')
  return [...flags.slice(0, at), ...flags.slice(at + 2)]
}
