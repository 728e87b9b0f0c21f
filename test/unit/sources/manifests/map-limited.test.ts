import assert from 'node:assert/strict'
import {mapLimited} from '../../../../src/sources/manifests/map-limited.js'

describe('mapLimited', () => {
  it('returns the results in the order of the items, and works on a few at a time', async () => {
    const items = Array.from({length: 100}, (_, index) => index)
    let running = 0
    let most = 0
    const results = await mapLimited(items, async (item) => {
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

  it('rejects with the first error, and skips the rest', async () => {
    const begun: number[] = []
    const items = Array.from({length: 100}, (_, index) => index)
    const work = async (item: number) => {
      begun.push(item)
      if (item === 1) throw new Error(`item ${item}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await assert.rejects(mapLimited(items, work), /item 1/)
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(begun.length < 100, `${begun.length} were begun`)
  })

  it('returns nothing for no items', async () => assert.deepEqual(await mapLimited([], async () => 1), []))
})
