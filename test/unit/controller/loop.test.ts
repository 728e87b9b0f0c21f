import assert from 'node:assert/strict'
import {DEFAULT_LOOP_OPTIONS, runLoop, type FinishedReconcile} from '../../../src/controller/loop.js'
import {LoopRecord} from '../../../src/controller/loop-record.js'
import {newStatus, type DaemonStatus} from '../../../src/controller/status.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import {FakeClock, settled} from './fake-clock.js'
import {FakeLog, FakeNginx, FakeSource, fakeTranslate, finding, HTTP} from './fakes.js'

const options = {...DEFAULT_LOOP_OPTIONS, backoff: {initial: 500, limit: 30_000, jitter: 0}}
const away = () => new Failure('the file is being written', {code: 'busy', temporary: true})
const refused = () => new Failure('NGINX rejects', {code: 'refused', hint: 'look at it'})

describe('runLoop', () => {
  let clock: FakeClock
  let source: FakeSource
  let nginx: FakeNginx
  let log: FakeLog
  let status: DaemonStatus
  let stop: AbortController
  let running: Promise<void>
  let ended: FinishedReconcile[]
  let retryNow: () => void

  let record: LoopRecord

  const start = () => {
    running = runLoop(deps(), options, stop.signal)
    return settled()
  }
  const deps = () => ({
    ...{source, translate: fakeTranslate, nginx, log, clock, status, record},
    onReconciled: (finished: FinishedReconcile) => void ended.push(finished),
    onRetryNow: (listener: () => void) => (retryNow = listener),
  })
  const reconciles = () => nginx.applies.length

  beforeEach(() => {
    clock = new FakeClock()
    source = new FakeSource()
    nginx = new FakeNginx()
    log = new FakeLog()
    status = newStatus()
    record = new LoopRecord(clock)
    stop = new AbortController()
    running = Promise.resolve()
    ended = []
  })

  afterEach(async () => {
    stop.abort()
    await running.catch(() => {})
  })

  it('applies at once, then waits for a change', async () => {
    await start()
    assert.equal(reconciles(), 1)
    assert.deepEqual(status, {
      ...newStatus(),
      synced: true,
      listeners: {open: 0, unavailable: 0},
      failure: undefined,
      readFailure: undefined,
      busySince: undefined,
    })
    await clock.advance(60_000)
    assert.equal(reconciles(), 1)
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 2)
  })

  it('reconciles at once when it is asked to, also during a wait', async () => {
    await start()
    await clock.advance(60_000)
    nginx.errors = [refused()]
    source.change()
    await clock.advance(10_000)
    assert.equal(reconciles(), 2)
    retryNow()
    await clock.advance(20)
    assert.deepEqual([reconciles(), source.retries, status.failure], [3, 1, undefined])
  })

  it('debounces a burst into one reconcile', async () => {
    await start()
    await clock.advance(60_000)
    for (let change = 0; change < 5; change += 1) {
      source.change()
      await clock.advance(10)
    }
    await clock.advance(60_000)
    assert.equal(reconciles(), 2)
    // Only the first change of it was prepared and discarded.
    assert.deepEqual([nginx.prepared, ended.length], [3, 2])
    assert.deepEqual(
      log.said.filter((line) => !/^(info|debug)/.test(line)),
      [],
    )
  })

  it('prepares a change at once, and commits it if no other change follows', async () => {
    await start()
    await clock.advance(60_000)
    source.change()
    await clock.advance(19)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 1])
    await clock.advance(1)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 2])
  })

  it('prepares nothing early while no reload is allowed', async () => {
    await start()
    source.change()
    await clock.advance(999)
    assert.equal(nginx.prepared, 1)
    await clock.advance(1)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 2])
  })

  it('reports neither diagnostics nor failures of a change that was discarded', async () => {
    nginx.reloads = 0
    await start()
    source.diagnostics = [finding('a')]
    source.change()
    await clock.advance(10)
    source.diagnostics = []
    source.change()
    await clock.advance(1000)
    source.onRead = () => Promise.reject(away())
    source.change()
    await clock.advance(10)
    source.onRead = async () => {}
    source.change()
    await clock.advance(1000)
    const lines = log.said.filter((line) => !line.startsWith('debug'))
    assert.deepEqual([lines, ended.length, status.readFailure], [[], 3, undefined])
  })

  it('aborts preparing when another change comes, and prepares both if no other change follows', async () => {
    await start()
    await clock.advance(60_000)
    const preparing = nginx.prepared
    nginx.onPrepare = () => clock.delay(15)
    source.change()
    await clock.advance(10)
    source.change()
    await clock.advance(5)
    assert.deepEqual([nginx.prepared - preparing, reconciles()], [1, 1])
    await clock.advance(60)
    assert.deepEqual([nginx.prepared - preparing, reconciles()], [2, 2])
  })

  it('reports a failure to prepare if no other change follows', async () => {
    await start()
    await clock.advance(60_000)
    nginx.onPrepare = () => Promise.reject(refused())
    source.change()
    await clock.advance(19)
    assert.deepEqual([nginx.prepared, status.failure, ended.length], [2, undefined, 1])
    await clock.advance(1)
    assert.deepEqual([reconciles(), status.failure, ended.length], [1, 'NGINX rejects', 2])
  })

  it('prepares a change that came during a commit after that commit', async () => {
    await start()
    await clock.advance(60_000)
    nginx.onCommit = () => clock.delay(500)
    source.change()
    await clock.advance(100)
    source.change()
    await clock.advance(419)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 2])
    await clock.advance(1501)
    assert.deepEqual([nginx.prepared, reconciles()], [3, 3])
  })

  it('is busy while it prepares and while it commits, but not in between', async () => {
    await start()
    await clock.advance(60_000)
    nginx.onPrepare = () => clock.delay(5)
    nginx.onCommit = () => clock.delay(7)
    const busy: Array<number | undefined> = []
    source.change()
    for (const step of [4, 11, 10]) {
      await clock.advance(step)
      busy.push(status.busySince)
    }
    assert.deepEqual(busy, [60_000, undefined, 60_015])
    await clock.advance(10)
    assert.deepEqual([ended.at(-1)?.duration, status.busySince], [12, undefined])
  })

  it('prepares nothing early if a change may be incomplete', async () => {
    source.changesAreAtomic = false
    await start()
    await clock.advance(60_000)
    source.change()
    await clock.advance(19)
    assert.deepEqual([source.reads, nginx.prepared], [1, 1])
    await clock.advance(1)
    assert.deepEqual([source.reads, reconciles()], [2, 2])
  })

  it('prepares nothing early for a while after a prepared change was discarded', async () => {
    nginx.reloads = 0
    await start()
    for (let round = 0; round < 50; round += 1) {
      source.change()
      await clock.advance(5)
      source.change()
      await clock.advance(45)
    }
    // One for each reconcile, and three that were discarded in two and a half seconds.
    assert.deepEqual([reconciles(), nginx.prepared], [51, 54])
  })

  it('does not count the holdoff as part of the duration', async () => {
    await start()
    await clock.advance(60_000)
    source.change()
    await clock.advance(20)
    assert.deepEqual(
      ended.map(({duration}) => duration),
      [0, 0],
    )
  })

  it('keeps the triggers of a discarded change', async () => {
    const trigger = (at: number) => ({service: {kind: 'Service', namespace: 'default', name: 'web'}, at})
    await start()
    await clock.advance(60_000)
    for (const at of [1, 2]) {
      source.triggers = [trigger(at)]
      source.change()
      await clock.advance(10)
    }
    await clock.advance(20)
    const last = ended.at(-1)
    assert.ok(last && 'outcome' in last)
    assert.deepEqual(
      last.outcome.triggers.map(({at}) => at),
      [1, 2],
    )
  })

  it('never reconciles twice at once: changes during a reconcile cause exactly one more', async () => {
    await start()
    await clock.advance(60_000)
    let release = (): void => {}
    source.onRead = () => new Promise((resolve) => (release = resolve))
    source.change()
    await clock.advance(20)
    assert.equal(source.reads, 2)
    source.change()
    source.change()
    await clock.advance(10_000)
    assert.equal(source.reads, 2)
    assert.equal(status.busySince, undefined)
    source.onRead = async () => {}
    release()
    await clock.advance(60_000)
    assert.equal(source.reads, 3)
  })

  it('keeps reloads apart under churn', async () => {
    await start()
    const times: number[] = []
    source.onRead = async () => void times.push(clock.now())
    for (let change = 0; change < 300; change += 1) {
      source.change()
      await clock.advance(10)
    }
    assert.deepEqual(times, [1000, 2000, 3000])
  })

  it('does not delay reconciles that do not reload', async () => {
    nginx.reloads = 0
    await start()
    source.change()
    await clock.advance(20)
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 3)
  })

  it('increases the reload interval while old workers accumulate', async () => {
    nginx.pressure = 8000
    await start()
    source.change()
    await clock.advance(7999)
    assert.equal(reconciles(), 1)
    await clock.advance(1)
    assert.equal(reconciles(), 2)
    nginx.pressure = 0
    source.change()
    await clock.advance(1000)
    assert.equal(reconciles(), 3)
    assert.deepEqual(
      log.said.filter((line) => line.includes('reload interval')),
      [
        'warn reload interval increased: old workers still hold connections',
        'info reload interval back to normal',
      ],
    )
  })

  it('stops waiting soon after the old workers have exited', async () => {
    nginx.pressure = 60_000
    await start()
    source.change()
    await clock.advance(5000)
    assert.equal(reconciles(), 1)
    nginx.pressure = 0
    await clock.advance(1000)
    assert.equal(reconciles(), 2)
  })

  it('commits a change that was prepared early at once, although old workers accumulate meanwhile', async () => {
    await start()
    await clock.advance(60_000)
    nginx.onPrepare = async () => void (nginx.pressure = 90_000)
    source.change()
    await clock.advance(20)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 2])
    source.change()
    await clock.advance(89_999)
    assert.deepEqual([nginx.prepared, reconciles()], [2, 2])
    await clock.advance(1)
    assert.deepEqual([nginx.prepared, reconciles()], [3, 3])
  })

  it('retries unavailable listeners after a few seconds', async () => {
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    await start()
    nginx.unavailablePorts = []
    await clock.advance(5000)
    assert.deepEqual(
      nginx.applies.map((files) => files.length),
      [1, 2],
    )
  })

  it('reconciles at once when a restart of NGINX left something out', async () => {
    await start()
    await clock.advance(60_000)
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    nginx.missing = [finding('left out')]
    nginx.changeLeftOut()
    await clock.advance(20)
    assert.deepEqual(
      nginx.applies.map((files) => files.length),
      [2, 1],
    )
    const problems = log.lines
      .filter(([level]) => level === 'error')
      .map(([, , fields]) => fields?.['object'])
    assert.deepEqual(problems, ['Service default/held 0.0.0.0:80/TCP'])
    await clock.advance(5000)
    assert.equal(reconciles(), 3)
  })

  it('reports what a restart of NGINX left out although the source cannot be read', async () => {
    await start()
    source.onRead = () => Promise.reject(away())
    nginx.missing = [finding('left out')]
    nginx.changeLeftOut()
    await clock.advance(1000)
    nginx.missing = []
    nginx.changeLeftOut()
    await clock.advance(60_000)
    const lines = log.said.filter((line) => line.includes('diagnostic'))
    assert.deepEqual(lines, ['error diagnostic appeared', 'info diagnostic cleared'])
  })

  it('resyncs periodically', async () => {
    await start()
    await clock.advance(300_000)
    assert.equal(reconciles(), 2)
  })

  it('retries after a temporary failure with growing delays, and resets them after a success', async () => {
    nginx.errors = [away(), away(), away()]
    await start()
    assert.deepEqual([status.synced, status.failure], [false, 'the file is being written'])
    const failure = {at: 0, step: 'apply', code: 'busy', reason: 'the file is being written'}
    assert.deepEqual([record.lastFailure, record.lastApply], [failure, undefined])
    assert.deepEqual(record.retry, {failures: 1, at: 500})
    const times: number[] = []
    source.onRead = async () => void times.push(clock.now())
    await clock.advance(10_000)
    assert.deepEqual(times, [1000, 2000, 4000])
    assert.deepEqual([status.synced, status.failure], [true, undefined])
    assert.deepEqual(
      [record.retry, record.lastFailure?.at, record.unservedSince],
      [undefined, 2000, undefined],
    )
    const applied = {took: 0, generation: 'abc', changed: true, reloads: 1, live: false}
    assert.deepEqual(record.lastApply, {at: 4000, ...applied})
    assert.deepEqual(
      log.lines
        .filter(([, message]) => message === 'reconcile failed, retrying')
        .map(([level, , fields]) => [level, fields]),
      [
        ['warn', {error: 'the file is being written', code: 'busy', delay: 500}],
        ['debug', {error: 'the file is being written', code: 'busy', delay: 1000}],
        ['debug', {error: 'the file is being written', code: 'busy', delay: 2000}],
      ],
    )
    nginx.errors = [away()]
    source.change()
    await clock.advance(20)
    await clock.advance(1000)
    assert.equal(log.lines.filter(([, , fields]) => fields?.['delay'] === 500).length, 2)
  })

  it('does not retry after a permanent failure until something changes', async () => {
    await start()
    await clock.advance(60_000)
    nginx.errors = [refused()]
    source.change()
    await clock.advance(20)
    assert.deepEqual(log.lines.at(-1), [
      'error',
      'reconcile failed, waiting for a change',
      {error: 'NGINX rejects', code: 'refused', hint: 'look at it'},
    ])
    const failedAt = clock.now()
    await clock.advance(24 * 3_600_000)
    assert.deepEqual([reconciles(), status.failure], [2, 'NGINX rejects'])
    assert.deepEqual([record.retry, record.unservedSince], [{failures: 1}, failedAt - 20])
    source.change()
    await clock.advance(20)
    assert.deepEqual([reconciles(), status.failure], [3, undefined])
  })

  it('rejects with a permanent failure of the first reconcile', async () => {
    const failure = refused()
    nginx.errors = [failure]
    void start()
    await assert.rejects(running, failure)
  })

  describe('if the source cannot be read at first', () => {
    const outOfReach = () =>
      new Failure('cannot reach the API server', {code: 'api-refused', temporary: true})
    let left = 0

    beforeEach(() => {
      left = 3
      source.onRead = async () => {
        left -= 1
        if (left >= 0) throw outOfReach()
      }
    })

    it('serves the configuration of an earlier lbex, and keeps retrying', async () => {
      nginx.hasTree = true
      await start()
      assert.deepEqual([status.synced, status.resumed, nginx.resumes], [false, true, 1])
      assert.deepEqual([status.readFailure, status.failure], ['cannot reach the API server', undefined])
      assert.deepEqual(log.said.slice(1), [
        'warn the last good configuration is served until the cluster can be read',
        'warn reconcile failed, retrying',
      ])
      await clock.advance(10_000)
      assert.deepEqual([status.synced, status.readFailure, nginx.resumes], [true, undefined, 1])
      assert.equal(reconciles(), 1)
      assert.ok(log.said.includes('info reconcile succeeded again'))
      assert.deepEqual(
        ended.map((finished) => 'outcome' in finished),
        [false, false, false, true],
      )
    })

    it('reports at once what NGINX had to leave out of it', async () => {
      nginx.hasTree = true
      let answer = (): void => {}
      source.onRead = () => new Promise((resolve) => (answer = resolve))
      nginx.onResume = async () => {
        nginx.missing = [finding('left out')]
        nginx.changeLeftOut()
      }
      await start()
      await clock.advance(2000)
      assert.ok(log.said.includes('error diagnostic appeared'))
      answer()
      await settled()
    })

    it('serves it after 2 s without an answer', async () => {
      nginx.hasTree = true
      let answer = (): void => {}
      source.onRead = () => new Promise((resolve) => (answer = resolve))
      await start()
      assert.equal(status.resumed, false)
      await clock.advance(2000)
      assert.deepEqual([status.resumed, reconciles()], [true, 0])
      answer()
      await settled()
      assert.deepEqual([status.synced, reconciles(), nginx.resumes], [true, 1, 1])
    })

    it('stops meanwhile when it is told to', async () => {
      nginx.onResume = () =>
        new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(new Error('aborted'))))
      await start()
      stop.abort()
      await running
      assert.equal(status.resumed, false)
    })

    it('rejects if NGINX cannot serve it', async () => {
      nginx.onResume = () => Promise.reject(refused())
      void start()
      await assert.rejects(running, {code: 'refused'})
    })

    it('rejects if there is nothing to serve', async () => {
      void start()
      await assert.rejects(running, {code: 'api-refused'})
      assert.equal(nginx.resumes, 1)
    })

    it('rejects with a permanent failure even if there is something to serve', async () => {
      nginx.hasTree = true
      source.onRead = () => Promise.reject(new Failure('not allowed', {code: 'api-unauthorized'}))
      void start()
      await assert.rejects(running, {code: 'api-unauthorized'})
      assert.equal(nginx.resumes, 0)
    })
  })

  it('keeps the triggers of a change until a reconcile succeeds', async () => {
    const trigger = (at: number) => ({service: {kind: 'Service', namespace: 'default', name: 'web'}, at})
    source.triggers = [trigger(1)]
    nginx.errors = [away()]
    await start()
    source.triggers = [trigger(2)]
    await clock.advance(1000)
    source.triggers = [trigger(3)]
    source.change()
    await clock.advance(1000)
    assert.deepEqual(
      ended.map((finished) =>
        'outcome' in finished ? finished.outcome.triggers.map(({at}) => at) : finished.failure.code,
      ),
      ['busy', [1, 2], [3]],
    )
  })

  it('numbers reconciles, and adds the number to every log line of one', async () => {
    const trigger = {service: {kind: 'Service', namespace: 'default', name: 'web'}, at: 1}
    await start()
    await clock.advance(60_000)
    source.triggers = [trigger]
    source.change()
    await clock.advance(10)
    source.diagnostics = [finding('a')]
    source.change()
    await clock.advance(60_000)
    assert.deepEqual(
      log.contexts.map(([message, {reconcile}]) => `${String(reconcile)} ${message}`),
      [
        '1 reconcile started',
        '1 source read',
        '1 configuration applied',
        '2 reconcile started',
        '2 source read',
        '2 prepared change discarded: another change followed',
        '2 source read',
        '2 configuration applied',
        '2 diagnostic appeared',
      ],
    )
    const fieldsOf = (text: string) =>
      log.lines.filter(([, message]) => message === text).map(([, , fields]) => fields)
    assert.deepEqual(fieldsOf('reconcile started'), [{reason: 'start'}, {reason: 'change'}])
    const changed = {services: 0, changedEndpoints: ['Service default/web']}
    assert.deepEqual(fieldsOf('source read'), [{services: 0}, changed, changed])
  })

  it('logs why a reconcile started without a change', async () => {
    nginx.errors = [away()]
    await start()
    await clock.advance(301_000)
    assert.deepEqual(
      log.lines.filter(([, message]) => message === 'reconcile started').map(([, , fields]) => fields),
      [{reason: 'start'}, {reason: 'retry'}, {reason: 'resync'}],
    )
  })

  it('reports how each reconcile ended', async () => {
    await start()
    await clock.advance(60_000)
    nginx.errors = [refused()]
    source.change()
    await clock.advance(20)
    assert.deepEqual(
      ended.map((finished) =>
        'outcome' in finished ? finished.outcome.applied.generation : finished.failure.message,
      ),
      ['abc', 'NGINX rejects'],
    )
  })

  it('rejects with a bug', async () => {
    const bug = new TypeError('x is not a function')
    nginx.errors = [bug]
    void start()
    await assert.rejects(running, bug)
  })

  const bug = new TypeError('x is not a function')

  it('rejects with a bug of the first read', async () => {
    source.onRead = () => Promise.reject(bug)
    void start()
    await assert.rejects(running, bug)
  })

  for (const [when, prepare] of [
    ['after a successful reconcile', async () => start()],
    [
      'while it serves the configuration of an earlier lbex',
      async () => {
        nginx.hasTree = true
        source.onRead = () => Promise.reject(away())
        await start()
      },
    ],
  ] as const) {
    it(`continues ${when} if a read fails with a bug, which it reports once with its stack`, async () => {
      await prepare()
      source.onRead = () => Promise.reject(bug)
      source.change()
      await clock.advance(60_000)
      const lines = log.lines.filter(
        ([level, , fields]) => level === 'warn' && fields?.['code'] === 'unexpected',
      )
      assert.equal(lines.length, 1)
      assert.equal(lines[0]?.[2]?.['stack'], bug.stack)
      assert.equal(status.readFailure, 'this is a bug in lbex: x is not a function')
      source.onRead = async () => {}
      await clock.advance(60_000)
      assert.deepEqual([status.readFailure, status.synced], [undefined, true])
    })
  }

  it('restarts a watch that failed with a bug, which it reports with its stack', async () => {
    source.watchErrors = [bug]
    await start()
    const [level, message, fields] = log.lines.at(-1) ?? []
    assert.deepEqual([level, message, fields?.['stack']], ['warn', 'watch failed, retrying', bug.stack])
    await clock.advance(60_000)
    source.change()
    await clock.advance(2000)
    assert.equal(reconciles(), 3)
  })

  it('restarts a watch after a temporary failure, and then reconciles', async () => {
    source.watchErrors = [away()]
    nginx.reloads = 0
    await start()
    assert.deepEqual(log.lines.at(-1), [
      'warn',
      'watch failed, retrying',
      {error: 'the file is being written', delay: 500},
    ])
    await clock.advance(520)
    assert.equal(reconciles(), 2)
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 3)
  })

  it('rejects with a permanent failure of the watch', async () => {
    const failure = refused()
    source.watchErrors = [failure]
    void start()
    await assert.rejects(running, failure)
  })

  it('stops when the signal aborts, also before it started', async () => {
    await start()
    stop.abort()
    await running
    assert.equal(reconciles(), 1)
    await runLoop(deps(), options, stop.signal)
    assert.equal(reconciles(), 1)
  })

  it('reports no failure of a reconcile that was aborted', async () => {
    await start()
    await clock.advance(60_000)
    source.onRead = () =>
      new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(away())))
    source.change()
    await clock.advance(20)
    stop.abort()
    await running
    assert.equal(status.failure, undefined)
  })

  it('logs a diagnostic when it appears and when it is cleared', async () => {
    source.diagnostics = [finding('a')]
    await start()
    source.change()
    await clock.advance(5000)
    source.diagnostics = []
    source.change()
    await clock.advance(5000)
    assert.deepEqual(
      log.said.filter((line) => line.includes('diagnostic')),
      ['error diagnostic appeared', 'info diagnostic cleared'],
    )
  })
})
