import assert from 'node:assert/strict'
import {wordFindings} from '../../scripts/check/words.js'

const found = (text: string, file = 'src/a.ts'): string[] =>
  wordFindings(file, text).map(({line, word}) => `${line} ${word}`)

describe('the check of words', () => {
  it('finds each word with its line, and says what to write instead', () => {
    assert.deepEqual(wordFindings('src/a.ts', 'ok\n// Mended by a reload.\n'), [
      {line: 2, word: 'mended', instead: 'fixed'},
    ])
    assert.deepEqual(found('whoever waits\nfor want of memory\nthis is none\nThe culprits'), [
      '1 whoever',
      '2 for want of',
      '3 is none',
      '4 culprits',
    ])
  })

  it('finds it as a part of a name', () =>
    assert.deepEqual(found("import {findTrouble, troubleLines} from './gcloud-trouble.js'"), ['1 trouble']))

  it('leaves other words alone', () =>
    assert.deepEqual(
      found(
        'undefined if there is none, amended courteous is nonexistent recommend mender troubleshooting courts Manew nobodys',
      ),
      [],
    ))

  it('allows code between backticks in Markdown and comments, not in a template literal', () => {
    assert.deepEqual(found('The user `nobody` runs it.', 'docs/a.md'), [])
    assert.deepEqual(found(' * Runs as `nobody`.'), [])
    assert.deepEqual(found('throw new Error(`nobody knows ${name}`)'), ['1 nobody'])
  })

  it('allows what a comment allows, on its line or the line before', () => {
    assert.deepEqual(found("// words: allow nobody\nconst user = 'nobody'"), [])
    assert.deepEqual(found("const user = 'nobody' // words: allow nobody"), [])
    assert.deepEqual(found("// words: allow nobody\nrun('nobody', trouble)"), ['2 trouble'])
  })
})
