import assert from 'node:assert/strict'
import {throttle} from '../../../src/controller/throttle.js'

describe('throttle', () => {
  it('calls at most once per period, and again after a failure', async () => {
    let time = 0
    let calls = 0
    const throttled = throttle(
      1000,
      () => time,
      async () => {
        calls += 1
        if (calls === 2) throw new Error('no')
        return calls
      },
    )
    assert.deepEqual(await Promise.all([throttled(), throttled()]), [1, 1])
    time = 999
    assert.equal(await throttled(), 1)
    time = 1000
    await assert.rejects(throttled(), /no/)
    await assert.rejects(throttled(), /no/)
    time = 2000
    assert.equal(await throttled(), 3)
  })

  it('does not call again while a call takes longer than the period', async () => {
    let time = 0
    let calls = 0
    let finish: (value: number) => void = () => {}
    const slow = new Promise<number>((resolve) => (finish = resolve))
    const throttled = throttle(
      1000,
      () => time,
      () => {
        calls += 1
        return calls === 1 ? slow : Promise.resolve(calls)
      },
    )
    const first = throttled()
    time = 5000
    const second = throttled()
    assert.equal(calls, 1)
    finish(1)
    assert.deepEqual(await Promise.all([first, second]), [1, 1])
    assert.equal(await throttled(), 2)
  })
})
