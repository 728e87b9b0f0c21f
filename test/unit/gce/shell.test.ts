import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {commandLine, shellQuote} from '../../../src/gce/shell.js'

describe('gce/shell', () => {
  it('quotes only what a shell would read otherwise', () => {
    assert.deepEqual(['a-b_c=1', '', 'a b', "it's", '$x'].map(shellQuote), [
      'a-b_c=1',
      "''",
      "'a b'",
      "'it'\\''s'",
      "'$x'",
    ])
    assert.equal(commandLine('gcloud', ['a', '--b=c d', '--x']), "gcloud a --b='c d' --x")
  })

  it('makes a line that a shell reads as the same words', () => {
    const words = [
      'plain',
      '--flag=two words',
      '--text=it\'s\n"$HOME" `x` \\ ;;;^',
      '*',
      '',
      '~',
      '#',
      '--=x y',
    ]
    const read = execFileSync('sh', ['-c', commandLine('printf', ['%s\\0', ...words])], {encoding: 'utf8'})
    assert.deepEqual(read.split('\0').slice(0, -1), words)
  })
})
