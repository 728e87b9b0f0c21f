import assert from 'node:assert/strict'
import {timeStep} from '../../../src/controller/time-step.js'
import {newStatus, type DaemonStatus} from '../../../src/controller/status.js'
import {FakeClock} from './fake-clock.js'

describe('timeStep', () => {
  let clock: FakeClock
  let status: DaemonStatus

  beforeEach(async () => {
    clock = new FakeClock()
    status = newStatus()
    await clock.advance(1000)
  })

  it('returns the value of a step and how long it took', async () => {
    const timing = timeStep({status, clock}, 0, async () => {
      await clock.delay(30)
      return 'done'
    })
    await clock.advance(30)
    assert.deepEqual(await timing, {took: 30, value: 'done'})
  })

  it('returns the error of a step', async () => {
    const error = new TypeError('x is not a function')
    assert.deepEqual(await timeStep({status, clock}, 0, () => Promise.reject(error)), {took: 0, error})
    assert.equal(status.busySince, undefined)
  })

  it('is busy only during a step; busySince includes the time of earlier steps', async () => {
    const observed: Array<number | undefined> = []
    const step = async () => {
      await clock.delay(10)
      observed.push(status.busySince)
    }
    const first = timeStep({status, clock}, 0, step)
    await clock.advance(10)
    const {took} = await first
    assert.equal(status.busySince, undefined)
    await clock.advance(500)
    const second = timeStep({status, clock}, took, step)
    await clock.advance(10)
    assert.deepEqual([(await second).took, observed, status.busySince], [20, [1000, 1500], undefined])
  })
})
