import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import {ApiFailure, isUnreachable} from '../../../src/kube/api-failure.js'

describe('isUnreachable', () => {
  const said = (code: string, status?: number, retryAfter?: number) =>
    isUnreachable(new ApiFailure('it failed', {code, status, retryAfter}))

  it('is true if lbex, or a proxy in between, cannot reach the API server', () => {
    assert.equal(said('api-refused'), true)
    assert.equal(said('api-timeout'), true)
    assert.equal(said('api-error', 503), true)
    assert.equal(isUnreachable(new Failure('no token', {code: 'credentials-failed'})), true)
  })

  it('is false for an error of the API server, an invalid response, and one with Retry-After', () => {
    assert.equal(isUnreachable(undefined), false)
    assert.equal(said('api-error', 500), false)
    assert.equal(said('api-forbidden', 403), false)
    assert.equal(said('api-page-too-large'), false)
    assert.equal(said('api-gone'), false)
    assert.equal(said('api-busy', 503, 1000), false)
  })
})
