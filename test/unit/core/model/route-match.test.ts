import assert from 'node:assert/strict'
import {
  compareMatches,
  isSameMatch,
  wildcardsOver,
  type RouteMatch,
} from '../../../../src/core/model/route-match.js'

const all: RouteMatch = {type: 'all'}
const named = (name: string): RouteMatch => ({type: 'sni', name})

describe('route matches', () => {
  it('are equal if they select the same traffic', () => {
    assert.equal(isSameMatch(all, {type: 'all'}), true)
    assert.equal(isSameMatch(named('a.example'), named('a.example')), true)
    assert.equal(isSameMatch(named('a.example'), named('b.example')), false)
    assert.equal(isSameMatch(named('a.example'), all), false)
  })

  it('are sorted by name, with `*` last', () => {
    const matches = [
      named('*'),
      named('b.example'),
      named('a.example'),
      named('*.example'),
      named('a.example'),
    ]
    assert.deepEqual(matches.sort(compareMatches), [
      named('*.example'),
      named('a.example'),
      named('a.example'),
      named('b.example'),
      named('*'),
    ])
    assert.equal(compareMatches(all, all), 0)
  })
})

describe('wildcardsOver', () => {
  it('returns the wildcards that cover a name, the longest first', () => {
    assert.deepEqual(wildcardsOver('a.b.example'), ['*.b.example', '*.example'])
    assert.deepEqual(wildcardsOver('*.b.example'), ['*.example'])
    assert.deepEqual(wildcardsOver('example'), [])
    assert.deepEqual(wildcardsOver('*'), [])
  })
})
