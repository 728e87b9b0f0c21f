import assert from 'node:assert/strict'
import {pathPattern} from '../../../src/lint/path-pattern.js'

describe('pathPattern', () => {
  for (const [pattern, matching, others] of [
    ['a.yaml', ['a.yaml'], ['aXyaml', 'b/a.yaml']],
    ['charts', ['charts', 'charts/x/a.yaml'], ['charts2/a.yaml', 'x/charts']],
    ['./charts/', ['charts/a.yaml'], ['other']],
    ['*.yaml', ['a.yaml'], ['x/a.yaml', 'a.yml']],
    ['**/*.yaml', ['a.yaml', 'x/y/a.yaml'], ['a.yml']],
    ['old/**', ['old', 'old/a', 'old/x/y'], ['older/a']],
    ['**', ['a', 'x/y'], []],
    ['a?.{yaml,yml}', ['ab.yaml', 'ac.yml'], ['a.yaml', 'ab.json', 'a/.yml']],
    ['{a,b/{c,d}}.yaml', ['a.yaml', 'b/d.yaml'], ['b.yaml', 'a,b']],
    ['a,b.yaml', ['a,b.yaml'], ['a', 'a/x', 'b.yaml']],
    ['{a,b', ['{a,b'], ['a', 'b']],
    ['}a{', ['}a{'], ['a']],
    ['{,a}{b,}/c', ['/c', 'ab/c', 'a/c', 'b/c/d'], ['ba/c']],
    ['x**y', ['xy', 'x/a/y/z'], ['x/a']],
    ['a+(b).yaml', ['a+(b).yaml'], ['aab.yaml']],
  ] as const) {
    it(pattern, () => {
      const test = pathPattern(pattern)
      for (const path of matching) assert.ok(test.test(path), path)
      for (const path of others) assert.ok(!test.test(path), path)
    })
  }

  for (const [what, pattern] of [
    ['stars', '*a'.repeat(100)],
    ['stars over folders', '**/a'.repeat(100)],
    ['choices', '{a,b,aa}'.repeat(100)],
  ] as const) {
    it(`does not take exponential time for ${what}`, () => {
      assert.equal(pathPattern(`${pattern}c`).test('a'.repeat(200)), false)
    })
  }
})
