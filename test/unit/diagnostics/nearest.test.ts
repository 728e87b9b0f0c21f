import assert from 'node:assert/strict'
import {nearest, onlyNear} from '../../../src/diagnostics/nearest.js'

describe('nearest', () => {
  it('finds the word that was most likely intended', () => {
    assert.equal(nearest('algoritm', ['method', 'algorithm']), 'algorithm')
    assert.equal(nearest('HTTP', ['https', 'http']), 'http')
    assert.equal(nearest('least-conn', ['round_robin', 'least_conn', 'least_time']), 'least_conn')
  })

  it('does not guess if no word is similar', () => {
    assert.equal(nearest('banana', ['node', 'pod', 'cluster-ip']), undefined)
    assert.equal(nearest('x', []), undefined)
    assert.equal(nearest('x'.repeat(100_000), ['node', 'pod']), undefined)
  })

  it('returns the first of two words that are equally similar', () => {
    assert.equal(nearest('htp', ['http', 'htap']), 'http')
  })

  it('does not guess for a text that is longer than any name', () => {
    assert.equal(nearest('x'.repeat(318), ['x'.repeat(318)]), undefined)
    assert.equal(nearest('x'.repeat(317), ['x'.repeat(316)]), 'x'.repeat(316))
  })
})

describe('onlyNear', () => {
  for (const [word, candidates, expected] of [
    ['htpp', ['http', 'dns'], 'http'],
    ['htpp', ['http', 'https'], undefined],
    ['cost', ['port', 'method'], undefined],
    ['algoritm', ['algorithm', 'method'], 'algorithm'],
    ['HTTP', ['http'], 'http'],
    ['zzz', ['http'], undefined],
    ['x', [], undefined],
  ] as const) {
    it(`${word} of ${candidates.join(', ')}: ${expected}`, () => {
      assert.equal(onlyNear(word, candidates), expected)
    })
  }
})
