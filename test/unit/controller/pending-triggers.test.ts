import assert from 'node:assert/strict'
import {PendingTriggers} from '../../../src/controller/pending-triggers.js'
import type {Trigger} from '../../../src/sources/snapshot-source.js'

const trigger = (name: string, at: number): Trigger => ({
  service: {kind: 'Service', namespace: 'default', name},
  at,
})

describe('PendingTriggers', () => {
  it('returns new triggers, and no served ones', () => {
    const pending = new PendingTriggers()
    const both = [trigger('web', 1), trigger('web', 2)]
    assert.deepEqual(pending.add(both), both)
    pending.keepOf([])
    assert.deepEqual(pending.add([]), [])
  })

  it('keeps those of Services that wait', () => {
    const pending = new PendingTriggers()
    pending.add([trigger('web', 1), trigger('dns', 2)])
    assert.deepEqual(pending.keepOf([trigger('dns', 0).service]), [trigger('dns', 2)])
    assert.deepEqual(pending.add([]), [trigger('dns', 2)])
  })

  it('keeps the first pending trigger of each Service until it is served', () => {
    const pending = new PendingTriggers()
    for (let at = 5; at < 1000; at += 1) pending.add([trigger('web', at), trigger('dns', at + 1)])
    assert.deepEqual(pending.add([trigger('web', 1000)]), [
      trigger('web', 5),
      trigger('dns', 6),
      trigger('web', 1000),
    ])
  })
})
