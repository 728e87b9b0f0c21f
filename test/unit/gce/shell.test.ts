import assert from 'node:assert/strict'
import {commandLine, shellQuote} from '../../../src/gce/shell.js'

describe('gce/shell', () => {
  it('quotes only words that a shell would interpret', () => {
    assert.deepEqual(['a-b_c=1', '', 'a b', "it's", '$x'].map(shellQuote), [
      'a-b_c=1',
      "''",
      "'a b'",
      "'it'\\''s'",
      "'$x'",
    ])
    assert.equal(commandLine('gcloud', ['a', '--b=c d', '--x']), "gcloud a --b='c d' --x")
  })
})
