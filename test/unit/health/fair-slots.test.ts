import assert from 'node:assert/strict'
import {FairSlots} from '../../../src/health/fair-slots.js'

/** Items are `NAMESPACE NUMBER`. */
class Slots {
  readonly started: string[] = []
  readonly slots: FairSlots<string>

  constructor(size: number) {
    this.slots = new FairSlots(size, (item) => this.started.push(item))
  }

  add(namespace: string, count: number): void {
    for (let at = 0; at < count; at += 1) this.slots.add(namespace, `${namespace} ${at}`)
  }

  /** How many items of each namespace have started. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const item of this.started) counts[item.charAt(0)] = (counts[item.charAt(0)] ?? 0) + 1
    return counts
  }
}

describe('FairSlots', () => {
  it('starts items in their order, and leaves slots for other namespaces', () => {
    const one = new Slots(10)
    one.add('a', 20)
    assert.deepEqual(one.started, ['a 0', 'a 1', 'a 2', 'a 3', 'a 4'])
    one.add('b', 20)
    assert.deepEqual(one.counts(), {a: 5, b: 3})
    one.add('c', 20)
    assert.deepEqual(one.counts(), {a: 5, b: 3, c: 2})
    assert.deepEqual([one.slots.running, one.slots.waiting], [10, 50])
  })

  it('gives free slots to the namespaces in turn', () => {
    const one = new Slots(10)
    for (const namespace of ['a', 'b', 'c']) one.add(namespace, 20)
    assert.deepEqual(one.counts(), {a: 5, b: 3, c: 2})
    for (let round = 0; round < 3; round += 1) one.slots.release('a')
    assert.deepEqual([one.counts(), one.slots.running], [{a: 5, b: 3, c: 2}, 7])
    one.slots.release('b')
    assert.deepEqual(one.counts(), {a: 5, b: 3, c: 2})
    for (const namespace of ['a', 'b', 'c']) one.slots.release(namespace)
    assert.deepEqual([one.counts(), one.slots.running], [{a: 6, b: 4, c: 3}, 6])
  })

  it('has more slots for one namespace once the others are idle', () => {
    const one = new Slots(12)
    one.add('b', 1)
    one.add('c', 1)
    one.add('a', 20)
    assert.deepEqual(one.counts(), {a: 3, b: 1, c: 1})
    one.slots.release('b')
    one.slots.release('c')
    assert.deepEqual(one.counts(), {a: 6, b: 1, c: 1})
  })

  it('runs one item of a namespace, even if there are more namespaces than slots', () => {
    const one = new Slots(2)
    for (const namespace of ['a', 'b', 'c', 'd']) one.add(namespace, 2)
    assert.equal(one.slots.running, 2)
    for (let ended = 0; ended < 8; ended += 1) one.slots.release(one.started[ended]?.charAt(0) ?? '')
    assert.deepEqual([one.counts(), one.slots.running], [{a: 2, b: 2, c: 2, d: 2}, 0])
  })

  it('forgets items that are dropped, and unknown ones', () => {
    const one = new Slots(2)
    one.add('a', 3)
    one.slots.drop('a', 'a 1')
    one.slots.drop('a', 'a 9')
    one.slots.drop('b', 'b 0')
    one.slots.release('b')
    one.slots.release('a')
    assert.deepEqual(one.started, ['a 0', 'a 2'])
  })
})
