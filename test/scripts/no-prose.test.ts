import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {Linter} from 'eslint'
import {COMPARES_PROSE, MAY_COMPARE_PROSE} from '../../scripts/no-prose.mjs'

describe('the lint rule against comparing sentences', () => {
  const linter = new Linter()
  const findings = (code: string) =>
    linter.verify(code, [{rules: {'no-restricted-syntax': ['error', ...COMPARES_PROSE]}}])

  for (const code of [
    "problem === 'the port is in use'",
    "'permission denied' != problem",
    'problem === `the port ${port}`',
    'error.message === other',
    'const {message} = error; known = told === message',
    "switch (problem) { case 'permission denied': end() }",
    "const codes = {'the port is in use': 'in-use'}",
    "codes['the port is in use']",
    "problem.startsWith('the port')",
    "codes.get('permission denied')",
    'error.message.includes(part)',
    'const {message} = error; message.includes(part)',
    "new Set(['permission denied'])",
    "new Map([['permission denied', 1]])",
  ]) {
    it(`refuses ${code}`, () => {
      assert.deepEqual(
        findings(code).map(({ruleId}) => ruleId),
        ['no-restricted-syntax'],
      )
    })
  }

  it('accepts codes, single spaces, and sentences that are only written', () => {
    for (const code of [
      "error.code === 'in-use'",
      'message !== undefined',
      "line[0] === ' ' || line.startsWith('- ')",
      "const sentences = {'in-use': 'the port is in use'}",
      "new Map([['in-use', 'the port is in use']])",
      'log.warn(`cannot listen: ${error.message}`)',
    ])
      assert.deepEqual(findings(code), [], code)
  })

  it('is off for files that exist', () => {
    for (const path of MAY_COMPARE_PROSE) assert.ok(existsSync(path), path)
  })
})
