import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import {ApiFailure, isUnanswered} from '../../../src/kube/api-failure.js'

describe('isUnanswered', () => {
  const said = (code: string, status?: number, retryAfter?: number) =>
    isUnanswered(new ApiFailure('it failed', {code, status, retryAfter}))

  it('is what is out of reach, for us or for whoever asks for us', () => {
    assert.equal(said('api-refused'), true)
    assert.equal(said('api-timeout'), true)
    assert.equal(said('api-error', 503), true)
    assert.equal(isUnanswered(new Failure('no token', {code: 'credentials-failed'})), true)
  })

  it('is no refusal, no nonsense, and nobody who asks to wait', () => {
    assert.equal(isUnanswered(undefined), false)
    assert.equal(said('api-error', 500), false)
    assert.equal(said('api-forbidden', 403), false)
    assert.equal(said('api-page-too-large'), false)
    assert.equal(said('api-gone'), false)
    assert.equal(said('api-busy', 503, 1000), false)
  })
})
