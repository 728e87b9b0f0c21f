import assert from 'node:assert/strict'
import {finish, mapEachInSteps, mapInSteps, type Steps} from '../../../../src/core/model/steps.js'

describe('steps', () => {
  const double = (number: number): number => 2 * number

  it('have four items each, in order', () => {
    const steps = mapInSteps([1, 2, 3, 4, 5, 6, 7, 8, 9], double)
    const taken = Array.from({length: 3}, () => steps.next())
    assert.deepEqual(taken, [
      {done: false, value: undefined},
      {done: false, value: undefined},
      {done: true, value: [2, 4, 6, 8, 10, 12, 14, 16, 18]},
    ])
  })

  it('can be run all at once', () => {
    assert.deepEqual(finish(mapInSteps([1, 2, 3], double)), [2, 4, 6])
    assert.deepEqual(finish(mapInSteps([], double)), [])
  })

  it('do not run before the caller continues', () => {
    const done: number[] = []
    const steps = mapInSteps([1, 2, 3, 4, 5], (number) => done.push(number))
    assert.deepEqual(done, [])
    steps.next()
    assert.deepEqual(done, [1, 2, 3, 4])
  })

  it('can be nested', () => {
    const made = mapEachInSteps([1, 2, 3, 4], notCached, slowly)
    assert.deepEqual(
      [...made],
      Array.from({length: 5}, () => undefined),
    )
    assert.deepEqual(finish(mapEachInSteps([1, 2], notCached, slowly)), [2, 4])
  })

  it('are not needed for a cached result', () => {
    const recall = (number: number): number | undefined => (number === 2 ? 20 : undefined)
    const made = mapEachInSteps([1, 2], recall, slowly)
    assert.deepEqual(
      [made.next(), made.next()],
      [
        {done: false, value: undefined},
        {done: true, value: [2, 20]},
      ],
    )
  })

  const notCached = (): undefined => undefined

  function* slowly(number: number): Steps<number> {
    yield
    return double(number)
  }
})
