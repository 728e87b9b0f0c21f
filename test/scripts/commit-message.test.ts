import assert from 'node:assert/strict'
import {commitProblems} from '../../scripts/check/commit-message.js'

describe('the rule for commit messages', () => {
  for (const message of [
    'fix(nginx): retry a reload after EAGAIN\n\nThe kernel may be out of ports for a moment.\n',
    'feat(run)!: listen on one address\n\nBREAKING CHANGE: see the changeset.\n',
    'refactor(sources/cluster): split the reflector\n',
    'refactor: rename a type in all layers\n',
    'docs: list the ports\n',
    `perf(core): ${'x'.repeat(88)}`,
  ]) {
    it(`accepts ${message.split('\n')[0]}`, () => assert.deepEqual(commitProblems(message), []))
  }

  const TYPE =
    'the subject must be TYPE(SCOPE): WORDS, with one of build, chore, ci, docs, feat, fix, perf, refactor, revert, style, test'
  const cases: [message: string, problems: string[]][] = [
    ['', [TYPE]],
    ['Release 2.0.0', [TYPE]],
    ['wip(nginx): x', [TYPE]],
    ['fix(nginx):retry', [TYPE]],
    ['fix(nginx): retry', ['fix needs a body that says why']],
    ['feat: serve UDP\n\nClients ask for it.', ['feat needs a scope, such as feat(nginx)']],
    ['perf: cache', ['perf needs a scope, such as perf(nginx)']],
    ['docs: list the ports.', ['the subject must not end with a full stop']],
    ['docs: list the ports\nand more', ['the second line must be empty']],
    [`docs: ${'x'.repeat(95)}`, ['the subject has 101 characters, at most 100 are allowed']],
  ]
  for (const [message, problems] of cases) {
    it(`rejects ${message.slice(0, 40).replace('\n', '\\n') || 'an empty message'}`, () =>
      assert.deepEqual(commitProblems(message), problems))
  }
})
