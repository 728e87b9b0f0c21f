import assert from 'node:assert/strict'
import {attempt} from '../../../src/controller/attempt.js'
import {newStatus, type DaemonStatus} from '../../../src/controller/status.js'
import {FakeClock} from './fake-clock.js'

describe('attempt', () => {
  let clock: FakeClock
  let status: DaemonStatus

  beforeEach(async () => {
    clock = new FakeClock()
    status = newStatus()
    await clock.advance(1000)
  })

  it('returns what a step returns, and how long it took', async () => {
    const attempting = attempt({status, clock}, 0, async () => {
      await clock.delay(30)
      return 'done'
    })
    await clock.advance(30)
    assert.deepEqual(await attempting, {took: 30, value: 'done'})
  })

  it('returns what goes wrong', async () => {
    const error = new TypeError('x is not a function')
    assert.deepEqual(await attempt({status, clock}, 0, () => Promise.reject(error)), {took: 0, error})
    assert.equal(status.busySince, undefined)
  })

  it('is busy during a step alone, and since as long as all steps took', async () => {
    const seen: Array<number | undefined> = []
    const step = async () => {
      await clock.delay(10)
      seen.push(status.busySince)
    }
    const first = attempt({status, clock}, 0, step)
    await clock.advance(10)
    const {took} = await first
    assert.equal(status.busySince, undefined)
    await clock.advance(500)
    const second = attempt({status, clock}, took, step)
    await clock.advance(10)
    assert.deepEqual([(await second).took, seen, status.busySince], [20, [1000, 1500], undefined])
  })
})
