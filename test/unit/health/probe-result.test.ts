import assert from 'node:assert/strict'
import {failedSocket} from '../../../src/health/probe-result.js'

const failure = (code: string, message = 'it failed') =>
  failedSocket(Object.assign(new Error(message), {code}))

describe('the result of a probe whose socket has an error', () => {
  it('has its reason in a few words', () => {
    assert.deepEqual(failure('ECONNREFUSED'), {ok: false, reason: 'connection refused'})
    assert.deepEqual(failure('EACCES'), {ok: false, reason: 'it failed'})
  })

  it('says nothing about the server if this host has no more sockets', () => {
    for (const code of ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS'])
      assert.deepEqual(failure(code), {ok: false, reason: 'it failed', isLocal: true})
  })
})
