import assert from 'node:assert/strict'
import type {Master} from '../../../../../src/dataplane/nginx/process/master.js'
import type {NginxEvent} from '../../../../../src/dataplane/data-plane.js'
import type {ProcessRef} from '../../../../../src/dataplane/nginx/process/processes.js'
import {Supervisor} from '../../../../../src/dataplane/nginx/process/supervisor.js'
import {Workers} from '../../../../../src/dataplane/nginx/process/workers.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'
import {RecordingLogger} from '../../../../support/nginx-log.js'

const NOBODY = 2 ** 22 + 1

describe('Supervisor', () => {
  const {signal} = new AbortController()
  let clock: SteppingClock
  let log: RecordingLogger
  let running: ProcessRef | undefined
  let questions: number
  let answer: string | undefined
  let restarts: number[]
  let failures: number
  let events: NginxEvent[]
  let supervisor: Supervisor

  beforeEach(() => {
    clock = new SteppingClock(1000)
    log = new RecordingLogger()
    running = {pid: NOBODY, started: 1}
    questions = 0
    answer = 'a'
    restarts = []
    failures = 0
    events = []
    const master = {
      get running() {
        questions += 1
        return running
      },
      servedGeneration: async () => answer,
    } as unknown as Master
    supervisor = new Supervisor({
      master,
      workers: new Workers(clock, log, 256),
      restart: async () => {
        restarts.push(clock.monotonic())
        if (restarts.length <= failures) throw new Error('it does not start')
        running = {pid: NOBODY, started: restarts.length + 1}
      },
      backoff: {initial: 100, limit: 10_000, jitter: 0},
      clock,
      log,
      observe: (event) => void events.push(event),
    })
  })

  async function lookUntil(end: number): Promise<void> {
    while (clock.monotonic() < end) {
      await supervisor.check(signal)
      clock.advance(50)
    }
  }

  it('does not start an NGINX that never served', async () => {
    running = undefined
    await lookUntil(5000)
    assert.deepEqual([restarts, supervisor.serving], [[], false])
  })

  it('makes one query in each interval while NGINX runs', async () => {
    supervisor.noteServing()
    questions = 0
    await lookUntil(2000)
    assert.equal(questions, 20)
  })

  it('restarts NGINX when it is gone', async () => {
    supervisor.noteServing()
    assert.equal(supervisor.serving, true)
    running = undefined
    assert.equal(supervisor.serving, false)
    await lookUntil(2000)
    assert.deepEqual([restarts, supervisor.serving], [[1100], true])
    assert.deepEqual(log.entries, [
      {level: 'error', message: 'NGINX exited unexpectedly, restarting', fields: {delay: 100}},
      {level: 'info', message: 'NGINX serves again', fields: {outage: 100}},
    ])
    assert.deepEqual(events, [{type: 'unexpected-exit'}])
  })

  it('says when a restart is due', async () => {
    supervisor.noteServing()
    assert.equal(supervisor.untilRestart(), Infinity)
    running = undefined
    await supervisor.check(signal)
    assert.equal(supervisor.untilRestart(), 100)
    clock.advance(150)
    assert.equal(supervisor.untilRestart(), 0)
    await supervisor.check(signal)
    assert.equal(supervisor.untilRestart(), Infinity)
  })

  it('logs an outage from when NGINX last ran, also after several attempts', async () => {
    failures = 2
    supervisor.noteServing()
    await lookUntil(1500)
    running = undefined
    await lookUntil(4000)
    assert.deepEqual(
      log.entries.filter(({level}) => level === 'info'),
      [{level: 'info', message: 'NGINX serves again', fields: {outage: 750}}],
    )
  })

  it('waits longer after each failure', async () => {
    failures = 4
    supervisor.noteServing()
    running = undefined
    await lookUntil(5000)
    assert.deepEqual(restarts, [1100, 1300, 1700, 2500, 4100])
    assert.deepEqual(log.messages('error'), [
      'NGINX exited unexpectedly, restarting',
      ...Array.from({length: 4}, () => 'NGINX restart failed'),
    ])
  })

  it('waits longer for an NGINX that dies repeatedly, but not for one that ran for long', async () => {
    supervisor.noteServing()
    for (const end of [2000, 3000]) {
      running = undefined
      await lookUntil(end)
    }
    await lookUntil(20_000)
    running = undefined
    await lookUntil(21_000)
    assert.deepEqual(restarts, [1100, 2200, 20_100])
  })

  it('does not wait longer for an NGINX that is killed repeatedly, if it runs well in between', async () => {
    supervisor.noteServing()
    for (const end of [3000, 5000, 7000, 9000]) {
      await lookUntil(end)
      running = undefined
    }
    await lookUntil(10_000)
    assert.deepEqual(restarts, [3100, 5100, 7100, 9100])
  })

  it('does not restart an NGINX that a commit has started', async () => {
    supervisor.noteServing()
    running = undefined
    await supervisor.check(signal)
    running = {pid: NOBODY, started: 9}
    supervisor.noteServing()
    await lookUntil(5000)
    assert.deepEqual([restarts, supervisor.serving], [[], true])
  })

  it('queries NGINX regularly', async () => {
    supervisor.noteServing()
    answer = undefined
    await lookUntil(2900)
    assert.equal(supervisor.serving, true)
    await lookUntil(3100)
    assert.equal(supervisor.serving, false)
    answer = 'b'
    await lookUntil(5500)
    assert.equal(supervisor.serving, true)
  })

  it('logs no error if it is stopped during a restart', async () => {
    failures = 1
    supervisor.noteServing()
    running = undefined
    await supervisor.check(AbortSignal.abort())
    clock.advance(100)
    await supervisor.check(AbortSignal.abort())
    assert.deepEqual(log.messages('error'), ['NGINX exited unexpectedly, restarting'])
  })
})
