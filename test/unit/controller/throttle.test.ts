import assert from 'node:assert/strict'
import {shareFor} from '../../../src/controller/share-for.js'

describe('share for a while', () => {
  it('calls once in a period, whoever asks, and again after a failure', async () => {
    let time = 0
    let calls = 0
    const shared = shareFor(
      1000,
      () => time,
      async () => {
        calls += 1
        if (calls === 2) throw new Error('no')
        return calls
      },
    )
    assert.deepEqual(await Promise.all([shared(), shared()]), [1, 1])
    time = 999
    assert.equal(await shared(), 1)
    time = 1000
    await assert.rejects(shared(), /no/)
    await assert.rejects(shared(), /no/)
    time = 2000
    assert.equal(await shared(), 3)
  })
})
