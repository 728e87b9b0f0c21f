import assert from 'node:assert/strict'
import {Failure, messageOf} from '../../../src/diagnostics/failure.js'

describe('Failure', () => {
  it('carries code, hint, cause and whether it may pass', () => {
    const cause = new Error('EACCES')
    const failure = new Failure('cannot write', {
      code: 'write-failed',
      hint: 'free the disk',
      temporary: true,
      cause,
    })
    assert.ok(failure instanceof Error)
    const {name, message, code, hint, temporary} = failure
    assert.deepEqual(
      {name, message, code, hint, temporary, cause: failure.cause},
      {
        name: 'Failure',
        message: 'cannot write',
        code: 'write-failed',
        hint: 'free the disk',
        temporary: true,
        cause,
      },
    )
  })

  it('is permanent and without a hint where nothing is said', () => {
    const {hint, temporary} = new Failure('no', {code: 'no'})
    assert.deepEqual({hint, temporary}, {hint: undefined, temporary: false})
  })
})

describe('messageOf', () => {
  it('finds the words of anything that was thrown', () => {
    assert.equal(messageOf(new TypeError('boom')), 'boom')
    assert.equal(messageOf('boom'), 'boom')
    assert.equal(messageOf(undefined), 'undefined')
  })
})
