import assert from 'node:assert/strict'
import {createServer, type AddressInfo} from 'node:net'
import {serve, stopBudget, type ServeFlags} from '../../../../src/cli/run/serve.js'
import {RunState} from '../../../../src/cli/run/run-state.js'
import type {Notification} from '../../../../src/cli/run/notify-socket.js'
import {Metrics} from '../../../../src/controller/metrics/metrics.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {ChangeHistory} from '../../../../src/observe/change-history.js'
import type {StateView} from '../../../../src/observe/state/state-api.js'
import {options} from '../../../support/builders.js'
import {parseExposition, valueOf} from '../../../support/exposition.js'
import {freePort} from '../../../support/ports.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'
import {waitFor} from '../../../support/wait.js'
import {FakeClock, settled} from '../../../unit/controller/fake-clock.js'
import {
  FakeLog,
  FakeNginx,
  FakeSource,
  fakeTranslate,
  finding,
  loggersOf,
} from '../../../unit/controller/fakes.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

describe('serve', () => {
  let clock: FakeClock
  let source: FakeSource
  let nginx: FakeNginx
  let log: FakeLog
  let stop: AbortController

  beforeEach(() => {
    clock = new FakeClock()
    source = new FakeSource()
    nginx = new FakeNginx()
    log = new FakeLog()
    stop = new AbortController()
  })

  const start = async (...argv: string[]) => startWith({}, ...argv)
  const startWith = async (
    more: Partial<Omit<Parameters<typeof serve>[0], 'source' | 'nginx'>>,
    ...argv: string[]
  ) =>
    serve(
      {source, translate: fakeTranslate, nginx, logs: loggersOf(log), clock, ...more},
      await flagsOf<ServeFlags>('--health-address=127.0.0.1', ...argv),
      stop.signal,
    )

  describe('--once', () => {
    it('applies and leaves NGINX serving', async () => {
      assert.equal(await start('--once'), 0)
      assert.deepEqual([nginx.applies.length, nginx.stops], [1, [['leave', 30_000]]])
    })

    it('reports errors in the manifests by exit code and log', async () => {
      source.diagnostics = [finding('a')]
      assert.equal(await start('--once'), 1)
      assert.deepEqual(log.said.slice(-2), ['error diagnostic appeared', 'info lbex stopped'])
    })

    it('drains NGINX with --on-stop drain', async () => {
      await start('--once', '--on-stop=drain', '--shutdown-timeout=5s')
      assert.deepEqual(nginx.stops, [['drain', 5000]])
    })

    it('fails if it was stopped before it was done', async () => {
      nginx.errors = [new DOMException('aborted', 'AbortError')]
      stop.abort()
      await assert.rejects(start('--once'), {
        name: 'Failure',
        message: 'stopped before the configuration was applied',
      })
    })

    it('leaves NGINX running after a failure', async () => {
      const failure = new Failure('the disk is full', {code: 'disk-full', temporary: true})
      nginx.errors = [failure]
      await assert.rejects(start('--once'), failure)
      assert.deepEqual(nginx.stops, [['leave', 0]])
    })
  })

  it('notifies its supervisor: starting, ready, alive, stopping', async () => {
    const sent: Notification[] = []
    const notify = (notification: Notification): void => void sent.push(notification)
    const running = startWith({supervisor: {notify, watchdog: 3000}}, '--no-health-check')
    await clock.advance(1000)
    stop.abort()
    await clock.advance(0)
    assert.equal(await running, 0)
    await clock.advance(5000)
    assert.deepEqual(sent, [
      {STATUS: 'starting, nothing is served yet', EXTEND_TIMEOUT_USEC: '90000000'},
      {READY: '1', STATUS: 'serving'},
      {WATCHDOG: '1'},
      {STOPPING: '1'},
      {STATUS: 'stopping; NGINX finishes its connections'},
    ])
  })

  it('serves until it is stopped, then drains', async () => {
    const running = start('--no-health-check')
    await settled()
    source.change()
    await clock.advance(1000)
    stop.abort()
    await clock.advance(0)
    assert.equal(await running, 0)
    assert.deepEqual([nginx.applies.length, nginx.stops], [2, [['drain', 30_000]]])
  })

  it('names what it waits for, and the maximum time to stop', async () => {
    const waits: string[] = []
    const remember = <T>(what: string, work: Promise<T>): Promise<T> => {
      waits.push(what)
      return work
    }
    stop.abort()
    await startWith({waitFor: remember}, '--no-health-check', '--on-stop=leave')
    const running = startWith({waitFor: remember}, `--health-port=${await freePort()}`)
    await waitFor(() => waits.length === 3, {what: 'the loop'})
    await clock.advance(0)
    await running
    assert.deepEqual(waits, ['the loop', 'NGINX', 'the loop', 'NGINX to stop', 'the health server'])
    const budgets = [['--on-stop=leave', '--pre-stop-delay=1h'], ['--once'], ['--pre-stop-delay=5s']].map(
      async (argv) => stopBudget(await flagsOf<ServeFlags>(...argv)),
    )
    assert.deepEqual(await Promise.all(budgets), [15_000, 15_000, 50_000])
  })

  it('leaves NGINX serving with --on-stop leave, without delay', async () => {
    const running = start('--no-health-check', '--on-stop=leave', '--pre-stop-delay=1h')
    await settled()
    stop.abort()
    assert.equal(await running, 0)
    assert.deepEqual(nginx.stops, [['leave', 30_000]])
  })

  it('follows changes for --pre-stop-delay while /readyz fails', async () => {
    const port = await freePort()
    const running = start(`--health-port=${port}`, '--pre-stop-delay=10s')
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    await waitFor(
      () =>
        ask('/readyz')
          .catch(() => 0)
          .then((status) => status === 200),
      {what: '/readyz'},
    )
    assert.deepEqual([await ask('/'), await ask('/livez'), await ask('/readyz')], [200, 200, 200])
    assert.deepEqual([await ask('/ui'), await ask('/debug/state')], [404, 404])
    stop.abort()
    await clock.advance(5000)
    assert.deepEqual([await ask('/'), await ask('/readyz')], [200, 503])
    source.change()
    await clock.advance(1000)
    assert.deepEqual([nginx.applies.length, nginx.stops.length], [2, 0])
    await clock.advance(4000)
    assert.equal(await running, 0)
    assert.deepEqual(nginx.stops, [['drain', 30_000]])
  })

  it('serves /metrics with counters and current values', async () => {
    const port = await freePort()
    const metrics = new Metrics(clock, '2.0.0')
    source.kinds = [{kind: 'Node', age: 5000, lists: 1, watches: 1}]
    nginx.workerGroups = [{generation: 'abc', state: 'current', count: 2}]
    nginx.pressure = 1500
    const calls: string[] = []
    const traffic = {
      update: () => void calls.push('update'),
      page: async () => [
        Buffer.from('# HELP lbex_x_total X.\n# TYPE lbex_x_total counter\n'),
        Buffer.from('lbex_x_total 1\n'),
      ],
      now: async () => undefined,
      load: () => ({read: 0, skipped: 0, invalid: 0, unknown: 0, series: 0, samplingRatio: 1}),
      close: async () => void calls.push('close'),
    }
    const running = startWith({metrics, traffic}, `--health-port=${port}`, '--stale-after=4s')
    const ask = async () => parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
    const families = await waitFor(
      async () => {
        const asked = await ask().catch(() => [])
        return valueOf(asked, 'lbex_reconcile_total', {result: 'applied'}) === 1 && asked
      },
      {what: 'the first reconcile'},
    )
    assert.equal(valueOf(families, 'lbex_last_apply_successful'), 1)
    assert.equal(valueOf(families, 'lbex_source_stale'), 1)
    assert.equal(valueOf(families, 'lbex_source_watches_total', {kind: 'Node'}), 1)
    assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'abc', state: 'current'}), 2)
    assert.equal(valueOf(families, 'lbex_nginx_reload_backoff_seconds'), 1.5)
    assert.equal(valueOf(families, 'lbex_x_total'), 1)
    stop.abort()
    await clock.advance(0)
    assert.equal(await running, 0)
    assert.deepEqual(calls, ['update', 'close'])
  })

  it('serves the status page beside the health checks, and closes it', async () => {
    const port = await freePort()
    const folder = await temporaryFolder()
    const calls: string[] = []
    const openUi = async (view: StateView) => ({
      pages: async () => ({status: 200, text: view.version()}),
      close: async () => void calls.push('close'),
    })
    const state = new RunState({
      ...{
        directory: folder.path,
        version: '2.0.0',
        options: options(),
        clock,
        log,
        history: new ChangeHistory(),
      },
    })
    const running = startWith({openUi, state}, `--health-port=${port}`, '--on-stop=leave')
    const ask = async () => (await fetch(`http://127.0.0.1:${port}/ui`)).text()
    const first = await waitFor(() => ask().catch(() => undefined), {what: 'the health server'})
    assert.match(first, /^\["1970-01-01T00:00:00.000Z",\d+,\{"phase":"/)
    nginx.state = {serving: false, oldWorkers: 0}
    assert.notEqual(await ask(), first)
    stop.abort()
    await clock.advance(0)
    await running
    assert.deepEqual(calls, ['close'])
    await folder.remove()
  })

  it('releases NGINX if the health port is taken', async () => {
    // It closes connections at once, so that the request that asks what it is does not time out.
    const holder = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const {port} = holder.address() as AddressInfo
    await assert.rejects(start(`--health-port=${port}`), {name: 'Failure', message: /the port is in use/})
    assert.deepEqual(nginx.stops, [['leave', 0]])
    holder.close()
  })

  it('stops at once if it was stopped before it began', async () => {
    stop.abort()
    const running = start('--no-health-check')
    await clock.advance(0)
    assert.equal(await running, 0)
    assert.deepEqual(nginx.stops, [['drain', 30_000]])
  })
})
