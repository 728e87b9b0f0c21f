import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {commandLine} from '../../../src/gce/shell.js'

describe('gce/shell, read by sh', () => {
  it('writes a line that a shell splits into the same words', () => {
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
