import assert from 'node:assert/strict'
import {checkFlags} from '../../../../src/cli/flags/check.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'

const read = (...argv: string[]) => parseFlags(checkFlags, argv, {})

describe('the output flags of lbex check', () => {
  it('refuse the name of a format as a file', async () => {
    for (const argv of [
      ['--output', 'json'],
      ['--format', 'text=json'],
    ])
      await assert.rejects(read(...argv), {
        message: /^--(output|format): json is the name of a format, not of a file$/,
        hint: 'to print that format, write --format json; to write a file with that name, ./json',
      })
  })

  it('accept a path to such a file', async () => {
    assert.equal((await read('--output', './json'))['output'], './json')
  })
})
