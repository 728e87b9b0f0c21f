import assert from 'node:assert/strict'
import {finish} from '../../../../src/core/model/steps.js'
import {mapOnceInSteps} from '../../../../src/core/translate/remember.js'

type Item = {readonly name: string}

const items = ['a', 'b', 'c', 'd', 'e', 'f'].map((name): Item => ({name}))
const others = items.toReversed()

/** `common` is the single input that all items have in common. */
function mapper() {
  const map = mapOnceInSteps<Item, {readonly text: string}>()
  const made: string[] = []
  const begin = (common: object & {readonly text: string}, list: readonly Item[]) =>
    map([common], list, ({name}) => {
      made.push(name)
      return {text: `${common.text}${name}`}
    })
  return {made, begin}
}

const [first, second] = [{text: '1'}, {text: '2'}]
const texts = (results: readonly {readonly text: string}[]) => results.map(({text}) => text).join(' ')

describe('mapOnceInSteps', () => {
  it('makes the result of an item once, wherever it is in the list', () => {
    const {begin, made} = mapper()
    finish(begin(first, items))
    assert.equal(texts(finish(begin(first, others))), '1f 1e 1d 1c 1b 1a')
    assert.deepEqual(made, ['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('makes all results again if their common input changes', () => {
    const {begin} = mapper()
    finish(begin(first, items))
    assert.equal(texts(finish(begin(second, items))), '2a 2b 2c 2d 2e 2f')
  })

  it('keeps the results of calls that were abandoned', () => {
    const {begin, made} = mapper()
    begin(first, items).next()
    assert.deepEqual(made, ['a', 'b', 'c', 'd'])
    finish(begin(first, items))
    assert.deepEqual(made, ['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('does not mix the results of calls that are interleaved', () => {
    const {begin} = mapper()
    const [one, two] = [begin(first, items), begin(second, others)]
    one.next()
    two.next()
    assert.equal(texts(finish(one)), '1a 1b 1c 1d 1e 1f')
    assert.equal(texts(finish(begin(first, [...others, ...items]))), '1f 1e 1d 1c 1b 1a 1a 1b 1c 1d 1e 1f')
    assert.equal(texts(finish(two)), '2f 2e 2d 2c 2b 2a')
  })
})
