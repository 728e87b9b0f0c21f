import assert from 'node:assert/strict'
import {readUpstreamSettings} from '../../../../src/core/intent/upstream-settings.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'

function read(annotations: Readonly<Record<string, string>>, sessionAffinity = 'None') {
  const diagnostics: Diagnostic[] = []
  const service = aService().annotated(annotations).with({sessionAffinity}).build()
  const settings = readUpstreamSettings(service, reporter(service, diagnostics))
  return {...settings, codes: codes(diagnostics)}
}

describe('readUpstreamSettings', () => {
  it('uses round robin by default', () => {
    assert.deepEqual(read({}), {balancing: {algorithm: 'round_robin'}, codes: []})
  })

  it('reads the algorithm, and the method of least_time', () => {
    assert.deepEqual(read({algorithm: 'least_conn'}).balancing, {algorithm: 'least_conn'})
    assert.deepEqual(read({algorithm: 'least_time'}).balancing, {algorithm: 'least_time', method: 'connect'})
    assert.deepEqual(read({algorithm: 'least_time', method: 'last_byte'}), {
      balancing: {algorithm: 'least_time', method: 'last_byte'},
      codes: [],
    })
  })

  it('reads random, and hash with its key', () => {
    assert.deepEqual(read({algorithm: 'random'}).balancing, {algorithm: 'random'})
    assert.deepEqual(read({algorithm: 'hash'}).balancing, {algorithm: 'client_ip'})
    const withPort = {'hash-key': 'client-ip-port'}
    assert.deepEqual(read({algorithm: 'hash', ...withPort}), {
      balancing: {algorithm: 'client_ip_port'},
      codes: [],
    })
    assert.deepEqual(read({algorithm: 'hash', 'hash-key': 'x'}), {
      balancing: {algorithm: 'client_ip'},
      codes: ['value-unknown'],
    })
    assert.deepEqual(read(withPort), {balancing: {algorithm: 'round_robin'}, codes: ['setting-unused']})
  })

  it('reports a method without least_time', () => {
    assert.deepEqual(read({method: 'last_byte'}), {
      balancing: {algorithm: 'round_robin'},
      codes: ['method-unused'],
    })
  })

  it('reads passive checks and the limit of a server', () => {
    const balancing = {algorithm: 'round_robin'}
    const both = {'max-fails': '3', 'fail-timeout': '1m'}
    assert.deepEqual(read(both), {balancing, maxFails: 3, failTimeout: 60_000, codes: []})
    assert.deepEqual(read({'max-connections': '5'}), {balancing, maxConnections: 5, codes: []})
    assert.deepEqual(read({'max-connections': '0'}), {balancing, codes: ['guard-invalid']})
    assert.deepEqual(read({'max-fails': '0'}), {balancing, maxFails: 0, codes: []})
    assert.deepEqual(read({...both, 'max-fails': '0'}).codes, ['setting-unused'])
    assert.deepEqual(read({'max-fails': '-1', 'fail-timeout': '1s500ms'}), {
      balancing,
      codes: ['setting-invalid', 'setting-invalid'],
    })
  })

  it('reads the drain timeout; 0 means none', () => {
    const balancing = {algorithm: 'round_robin'}
    assert.deepEqual(read({'drain-timeout': '1h30m'}), {balancing, drainTimeout: 5_400_000, codes: []})
    assert.deepEqual(read({'drain-timeout': '168h'}).drainTimeout, 604_800_000)
    for (const none of ['0', '0s']) assert.deepEqual(read({'drain-timeout': none}), {balancing, codes: []})
    for (const invalid of ['off', '300', '-1s', '169h', ''])
      assert.deepEqual(read({'drain-timeout': invalid}), {balancing, codes: ['setting-invalid']})
  })

  it('prefers sessionAffinity ClientIP to the algorithm, and reports that', () => {
    const balancing = {algorithm: 'client_ip'}
    assert.deepEqual(read({}, 'ClientIP'), {balancing, codes: []})
    assert.deepEqual(read({algorithm: 'least_conn'}, 'ClientIP'), {balancing, codes: ['affinity-wins']})
  })
})
