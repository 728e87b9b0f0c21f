import assert from 'node:assert/strict'
import {inBatches} from '../../../../src/sources/manifests/in-batches.js'

describe('inBatches', () => {
  it('gives the results in the order of the items, and works on a few at a time', async () => {
    const items = Array.from({length: 100}, (_, index) => index)
    let running = 0
    let most = 0
    const results = await inBatches(items, async (item) => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return item * 2
    })
    assert.deepEqual(
      results,
      items.map((item) => item * 2),
    )
    assert.equal(most, 32)
  })

  it('rejects with the first failure', async () => {
    await assert.rejects(
      inBatches([1, 2], async (item) => Promise.reject(new Error(`item ${item}`))),
      /item 1/,
    )
  })

  it('gives nothing for nothing', async () => assert.deepEqual(await inBatches([], async () => 1), []))
})
