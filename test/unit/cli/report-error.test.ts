import assert from 'node:assert/strict'
import {reportError} from '../../../src/cli/report-error.js'
import {UsageError} from '../../../src/cli/usage-error.js'
import {Failure} from '../../../src/diagnostics/failure.js'

const quiet = {debug: false}

describe('reportError', () => {
  it('prints a usage error as one line and a hint', () => {
    assert.deepEqual(reportError(new UsageError('unknown flag --x', 'did you mean --y?'), quiet), {
      output: '',
      notes: 'error: unknown flag --x\nhint: did you mean --y?\n',
      exitCode: 2,
    })
    assert.equal(reportError(new UsageError('no'), quiet).notes, 'error: no\n')
  })

  it('prints a failure, with its causes at debug level', () => {
    const cause = new Error('spawn failed', {cause: 'ENOENT'})
    const failure = new Failure('no NGINX', {code: 'nginx-not-found', hint: 'install it', cause})
    const notes = 'error: no NGINX\nhint: install it\n'
    assert.deepEqual(reportError(failure, quiet), {output: '', notes, exitCode: 3})
    const more = `${notes}cause: spawn failed\ncause: ENOENT\n`
    assert.deepEqual(reportError(failure, {debug: true}), {output: '', notes: more, exitCode: 3})
  })

  it('prints the stack of a bug', () => {
    const bug = new TypeError('x is not a function')
    const {notes, exitCode} = reportError(bug, quiet)
    assert.equal(exitCode, 70)
    assert.match(
      notes,
      /^error: this is a bug in lbex: x is not a function\nTypeError: .*\n +at [^]*\nplease report this\n$/,
    )
    assert.match(reportError('text', quiet).notes, /^error: this is a bug in lbex: text\ntext\n/)
  })
})
