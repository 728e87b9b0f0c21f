import assert from 'node:assert/strict'
import {mapLimited} from '../../../src/util/concurrency.js'

describe('mapLimited', () => {
  it('returns the results in order, and runs no more than the limit at the same time', async () => {
    let running = 0
    let most = 0
    const results = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < item; turn++) await Promise.resolve()
      running -= 1
      return item * 10
    })
    assert.deepEqual(results, [50, 10, 40, 20, 30])
    assert.equal(most, 2)
  })

  it('returns nothing for no items', async () => {
    assert.deepEqual(await mapLimited([], 8, async (item) => item), [])
  })

  it('rejects with the first error', async () => {
    const task = async (item: number): Promise<void> => {
      if (item === 2) throw new Error(`no ${item}`)
    }
    await assert.rejects(mapLimited([1, 2, 3], 1, task), new Error('no 2'))
  })

  it('rejects once all tasks have ended that had begun, and begins no others', async () => {
    const ended: number[] = []
    const task = async (item: number): Promise<void> => {
      for (let turn = 0; turn < item; turn++) await Promise.resolve()
      if (item === 1) throw new Error('no 1')
      ended.push(item)
    }
    await assert.rejects(mapLimited([9, 1, 20], 2, task), new Error('no 1'))
    assert.deepEqual(ended, [9])
  })
})
