import assert from 'node:assert/strict'
import {finish, mapInSteps} from '../../../src/config/steps.js'

describe('steps', () => {
  const double = (number: number): number => 2 * number

  it('are as many as there are items, and in their order', () => {
    const steps = mapInSteps([1, 2, 3], double)
    const taken = Array.from({length: 4}, () => steps.next())
    assert.deepEqual(taken, [
      ...[1, 2, 3].map(() => ({done: false, value: undefined})),
      {done: true, value: [2, 4, 6]},
    ])
  })

  it('are done at once where nobody waits', () => {
    assert.deepEqual(finish(mapInSteps([1, 2, 3], double)), [2, 4, 6])
    assert.deepEqual(finish(mapInSteps([], double)), [])
  })

  it('are not done before they are asked for', () => {
    const done: number[] = []
    const steps = mapInSteps([1, 2, 3], (number) => done.push(number))
    assert.deepEqual(done, [])
    steps.next()
    assert.deepEqual(done, [1])
  })
})
