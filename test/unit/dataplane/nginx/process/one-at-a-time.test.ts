import assert from 'node:assert/strict'
import {OneAtATime} from '../../../../../src/dataplane/nginx/process/one-at-a-time.js'

describe('OneAtATime', () => {
  it('runs tasks in their order, none before the last one ended, whether it failed or not', async () => {
    const turns = new OneAtATime()
    const events: string[] = []
    const task =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        events.push(`${name} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        events.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      }
    const [a, b, c] = await Promise.allSettled([
      turns.run(task('a')),
      turns.run(task('b', true)),
      turns.run(task('c')),
    ])
    assert.deepEqual(
      [a, b.status, c],
      [{status: 'fulfilled', value: 'a'}, 'rejected', {status: 'fulfilled', value: 'c'}],
    )
    assert.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })
})
