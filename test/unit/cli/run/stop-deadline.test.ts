import assert from 'node:assert/strict'
import {StopDeadline} from '../../../../src/cli/run/stop-deadline.js'
import {FakeClock} from '../../controller/fake-clock.js'
import {FakeLog} from '../../controller/fakes.js'

describe('StopDeadline', () => {
  const never = new Promise<void>(() => {})
  let clock: FakeClock
  let log: FakeLog
  let stop: AbortController
  let codes: number[]

  beforeEach(() => {
    clock = new FakeClock()
    log = new FakeLog()
    stop = new AbortController()
    codes = []
  })

  const open = () =>
    new StopDeadline({log, clock, budget: 5000, stopping: stop.signal, end: (code) => void codes.push(code)})

  it('exits after the budget, and logs what hangs', async () => {
    const resort = open()
    void resort.waitFor('the loop', never)
    void resort.waitFor('the source', never)
    await resort.waitFor('NGINX', Promise.resolve())
    await clock.advance(60_000)
    stop.abort()
    await clock.advance(4999)
    assert.deepEqual([codes, log.said], [[], []])
    await clock.advance(1)
    assert.deepEqual(codes, [3])
    assert.deepEqual(log.lines.at(-1)?.[2], {waitingFor: ['the loop', 'the source'], budget: 5000})
  })

  it('starts at once if lbex is already stopping', async () => {
    stop.abort()
    open()
    await clock.advance(5000)
    assert.deepEqual(codes, [3])
  })

  it('does nothing if lbex stops in time', async () => {
    const resort = open()
    await assert.rejects(resort.waitFor('work', Promise.reject(new Error('it failed'))), /it failed/)
    stop.abort()
    await clock.advance(100)
    resort.release()
    await clock.advance(60_000)
    assert.deepEqual([codes, log.said], [[], []])
  })
})
