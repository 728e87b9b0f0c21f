import assert from 'node:assert/strict'
import {Failure, messageOf} from '../../../src/diagnostics/failure.js'

describe('Failure', () => {
  it('has code, hint, cause and whether it is temporary', () => {
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

  it('is permanent and has no hint by default', () => {
    const {hint, temporary} = new Failure('no', {code: 'no'})
    assert.deepEqual({hint, temporary}, {hint: undefined, temporary: false})
  })
})

describe('messageOf', () => {
  it('returns the message of anything that was thrown', () => {
    assert.equal(messageOf(new TypeError('boom')), 'boom')
    assert.equal(messageOf('boom'), 'boom')
    assert.equal(messageOf(undefined), 'undefined')
  })
})
