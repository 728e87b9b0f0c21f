import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import {Check} from '../../../src/diagnostics/finding.js'

describe('Check', () => {
  const check = new Check('nginx')

  it('creates findings of every state', () => {
    assert.deepEqual(check.ok('fine'), {check: 'nginx', state: 'ok', message: 'fine'})
    assert.deepEqual(check.warning('hm', 'do'), {check: 'nginx', state: 'warning', message: 'hm', fix: 'do'})
    assert.deepEqual(check.problem('no'), {check: 'nginx', state: 'problem', message: 'no'})
    assert.deepEqual(check.unknown('who knows'), {check: 'nginx', state: 'unknown', message: 'who knows'})
  })

  it('uses message and hint of a failure', () => {
    const failure = new Failure('there is none', {code: 'none', hint: 'install it'})
    assert.deepEqual(check.failure(failure), check.problem('there is none', 'install it'))
  })
})
