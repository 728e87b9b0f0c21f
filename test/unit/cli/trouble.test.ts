import assert from 'node:assert/strict'
import {reportTrouble} from '../../../src/cli/trouble.js'
import {UsageError} from '../../../src/cli/usage-error.js'
import {Failure} from '../../../src/diagnostics/failure.js'

const quiet = {debug: false}

describe('reportTrouble', () => {
  it('tells a mistake in one line and a hint', () => {
    assert.deepEqual(reportTrouble(new UsageError('unknown flag --x', 'did you mean --y?'), quiet), {
      output: '',
      notes: 'error: unknown flag --x\nhint: did you mean --y?\n',
      exitCode: 2,
    })
    assert.equal(reportTrouble(new UsageError('no'), quiet).notes, 'error: no\n')
  })

  it('tells a failure, and what lies behind it at debug level', () => {
    const cause = new Error('spawn failed', {cause: 'ENOENT'})
    const failure = new Failure('no NGINX', {code: 'nginx-not-found', hint: 'install it', cause})
    const notes = 'error: no NGINX\nhint: install it\n'
    assert.deepEqual(reportTrouble(failure, quiet), {output: '', notes, exitCode: 3})
    const more = `${notes}cause: spawn failed\ncause: ENOENT\n`
    assert.deepEqual(reportTrouble(failure, {debug: true}), {output: '', notes: more, exitCode: 3})
  })

  it('shows the stack of a bug', () => {
    const bug = new TypeError('x is not a function')
    const {notes, exitCode} = reportTrouble(bug, quiet)
    assert.equal(exitCode, 70)
    assert.match(
      notes,
      /^error: this is a bug in lbex: x is not a function\nTypeError: .*\n +at [^]*\nplease report this\n$/,
    )
    assert.match(reportTrouble('text', quiet).notes, /^error: this is a bug in lbex: text\ntext\n/)
  })
})
