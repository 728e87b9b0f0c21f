import assert from 'node:assert/strict'
import {currentLogFields, withLogFields} from '../../../src/util/log-context.js'

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('withLogFields', () => {
  it('adds fields to everything that the task does, and to nothing else', async () => {
    const task = withLogFields({reconcile: 1}, async () => {
      await tick()
      return currentLogFields()
    })
    assert.deepEqual(currentLogFields(), {})
    const other = await withLogFields({reconcile: 2}, async () => currentLogFields())
    assert.deepEqual([await task, other], [{reconcile: 1}, {reconcile: 2}])
    assert.deepEqual(currentLogFields(), {})
  })

  it('ends with the task, also for timers that it started', async () => {
    let later: Promise<unknown> | undefined
    const failure = new Error('failed')
    const task = withLogFields({reconcile: 1}, async () => {
      later = tick()
        .then(tick)
        .then(() => currentLogFields())
      throw failure
    })
    await assert.rejects(task, failure)
    assert.deepEqual(await later, {})
  })
})
