import assert from 'node:assert/strict'
import {
  annotationKeyProblem,
  labelProblem,
  labelValueProblem,
  portNameProblem,
  qualifiedNameProblem,
  subdomainProblem,
} from '../../../../src/sources/manifests/names.js'

type Rule = (text: string) => string | undefined

const CASES: [name: string, rule: Rule, good: string[], bad: string[]][] = [
  [
    'labelProblem',
    labelProblem,
    ['a', '1a', 'a-b', 'x'.repeat(63)],
    ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'x'.repeat(64)],
  ],
  [
    'subdomainProblem',
    subdomainProblem,
    ['a', 'a.b-c.d1', 'x'.repeat(253)],
    ['', 'a.', '.a', 'a..b', 'A', 'x'.repeat(254)],
  ],
  [
    'qualifiedNameProblem',
    qualifiedNameProblem,
    ['a', 'A_b.c-D', 'kubernetes.io/x', `x.io/${'y'.repeat(63)}`],
    ['', 'a/', '/a', 'a/b/c', 'a b', 'a_b/c', '-a', 'Example.com/x', `x.io/${'y'.repeat(64)}`],
  ],
  ['annotationKeyProblem', annotationKeyProblem, ['a', 'Example.com/X'], ['', 'A b', 'a_b/c']],
  [
    'labelValueProblem',
    labelValueProblem,
    ['', 'a', 'A_b.c-D', 'x'.repeat(63)],
    ['a b', '-a', 'a.', 'a/b', 'x'.repeat(64)],
  ],
  [
    'portNameProblem',
    portNameProblem,
    ['http', 'h2', '8a', 'a-b'],
    ['', '80', 'HTTP', 'a--b', '-a', 'x'.repeat(16)],
  ],
]

for (const [name, rule, good, bad] of CASES) {
  describe(name, () => {
    for (const text of good) it(`accepts ${JSON.stringify(text)}`, () => assert.equal(rule(text), undefined))
    for (const text of bad) {
      it(`says what is wrong with ${JSON.stringify(text)}`, () =>
        assert.match(rule(text) ?? '', /must|more than/))
    }
  })
}

describe('the sentences about names', () => {
  it('name the length or the text', () => {
    assert.equal(labelProblem('x'.repeat(64)), 'must have at most 63 characters, this has 64')
    assert.equal(
      labelProblem('My_Name'),
      'must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character, this is "My_Name"',
    )
    assert.equal(qualifiedNameProblem('a/b/c'), '"a/b/c" has more than one slash')
  })
})
