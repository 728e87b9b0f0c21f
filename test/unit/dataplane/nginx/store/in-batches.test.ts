import assert from 'node:assert/strict'
import {inBatches} from '../../../../../src/dataplane/nginx/store/in-batches.js'

describe('inBatches', () => {
  it('returns the results in order, with no more than so many under way', async () => {
    let running = 0
    let most = 0
    const results = await inBatches([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < item; turn++) await Promise.resolve()
      running -= 1
      return item * 10
    })
    assert.deepEqual(results, [50, 10, 40, 20, 30])
    assert.equal(most, 2)
  })

  it('has nothing to do for nothing', async () => {
    assert.deepEqual(await inBatches([], 8, async (item) => item), [])
  })

  it('rejects with the first error', async () => {
    const task = async (item: number): Promise<void> => {
      if (item === 2) throw new Error(`no ${item}`)
    }
    await assert.rejects(inBatches([1, 2, 3], 1, task), new Error('no 2'))
  })

  it('rejects once all have ended that were under way, and begins no more', async () => {
    const ended: number[] = []
    const task = async (item: number): Promise<void> => {
      for (let turn = 0; turn < item; turn++) await Promise.resolve()
      if (item === 1) throw new Error('no 1')
      ended.push(item)
    }
    await assert.rejects(inBatches([9, 1, 20], 2, task), new Error('no 1'))
    assert.deepEqual(ended, [9])
  })
})
