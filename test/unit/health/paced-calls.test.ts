import assert from 'node:assert/strict'
import {pacedCalls} from '../../../src/health/paced-calls.js'
import {FakeClock, settled} from '../controller/fake-clock.js'

describe('pacedCalls', () => {
  let clock: FakeClock
  let stopping: AbortController
  let calls: number[]
  let call: () => void
  beforeEach(() => {
    clock = new FakeClock()
    stopping = new AbortController()
    calls = []
    call = pacedCalls({clock, period: 1000, signal: stopping.signal}, () => calls.push(clock.monotonic()))
  })

  it('calls at once, and combines the calls of a period into one at its end', async () => {
    call()
    assert.deepEqual(calls, [0])
    await clock.advance(300)
    call()
    call()
    await clock.advance(300)
    call()
    await clock.advance(5000)
    assert.deepEqual(calls, [0, 1000])
    call()
    assert.deepEqual(calls, [0, 1000, 5600])
  })

  it('calls nothing after the signal aborts', async () => {
    call()
    call()
    stopping.abort()
    await settled()
    call()
    await clock.advance(5000)
    assert.deepEqual(calls, [0])
  })
})
