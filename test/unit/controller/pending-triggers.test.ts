import assert from 'node:assert/strict'
import {WaitingTriggers} from '../../../src/controller/waiting-triggers.js'
import type {Trigger} from '../../../src/sources/snapshot-source.js'

const trigger = (name: string, at: number): Trigger => ({
  service: {kind: 'Service', namespace: 'default', name},
  at,
})

describe('WaitingTriggers', () => {
  it('gives what is new, and nothing again that is served', () => {
    const waiting = new WaitingTriggers()
    const both = [trigger('web', 1), trigger('web', 2)]
    assert.deepEqual(waiting.add(both), both)
    waiting.clear()
    assert.deepEqual(waiting.add([]), [])
  })

  it('keeps what is not served yet: of each Service the first, however long it takes', () => {
    const waiting = new WaitingTriggers()
    for (let at = 5; at < 1000; at += 1) waiting.add([trigger('web', at), trigger('dns', at + 1)])
    assert.deepEqual(waiting.add([trigger('web', 1000)]), [
      trigger('web', 5),
      trigger('dns', 6),
      trigger('web', 1000),
    ])
  })
})
