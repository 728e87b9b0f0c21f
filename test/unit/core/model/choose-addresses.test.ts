import assert from 'node:assert/strict'
import type {RequestedAddresses} from '../../../../src/core/intent/listen-addresses.js'
import {byFamily, chooseAddresses} from '../../../../src/core/model/choose-addresses.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../../src/core/model/options.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'

const field = ['metadata', 'annotations', 'loadbalancer.lbex/listen-address']
const selects = (...entries: string[]): RequestedAddresses => ({field, entries})

const NAMED: Partial<ModelOptions> = {
  listenAddresses: {IPv4: ['192.0.2.10', '192.0.2.11', '192.0.2.12'], IPv6: ['2001:db8::10']},
  addressNames: {public: ['192.0.2.10', '2001:db8::10'], inside: ['192.0.2.11']},
}

function choose(requested: RequestedAddresses, options: Partial<ModelOptions> = {}) {
  const found: Diagnostic[] = []
  const all = {...DEFAULT_MODEL_OPTIONS, ...options}
  const chosen = chooseAddresses(requested, all, reporter(aService().build(), found))
  return {chosen, found: found.map(({message, hint}) => `${message} (${hint})`)}
}

const chosen = (...[requested, options]: Parameters<typeof choose>) => {
  const result = choose(requested, options)
  assert.deepEqual(result.found, [])
  return [...(result.chosen?.IPv4 ?? []), ...(result.chosen?.IPv6 ?? [])]
}

describe('chooseAddresses', () => {
  it('is all addresses of the host if the Service selects none, and none if its value is not valid', () => {
    assert.deepEqual(choose('all', NAMED).chosen, {...NAMED.listenAddresses, isComplete: true})
    assert.deepEqual(choose('invalid', NAMED), {chosen: undefined, found: []})
  })

  it('finds addresses and names, each address once', () => {
    assert.deepEqual(chosen(selects('public'), NAMED), ['192.0.2.10', '2001:db8::10'])
    assert.deepEqual(chosen(selects('192.0.2.12'), NAMED), ['192.0.2.12'])
    assert.deepEqual(chosen(selects('inside', '192.0.2.11', '192.0.2.12'), NAMED), [
      '192.0.2.11',
      '192.0.2.12',
    ])
  })

  it('finds an address that the operator has written in another form', () => {
    const listenAddresses = {IPv4: [], IPv6: ['::ffff:192.0.2.1']}
    assert.deepEqual(chosen(selects('192.0.2.1'), {listenAddresses}), ['::ffff:192.0.2.1'])
  })

  it('exposes no port if the host lacks one of them, and names the choices', () => {
    assert.deepEqual(choose(selects('public', '192.0.2.9', 'insude'), NAMED), {
      chosen: undefined,
      found: [
        'this host has no listen address "192.0.2.9", "insude"; no port of this Service is exposed (--listen-address has public (192.0.2.10, 2001:db8::10), inside (192.0.2.11), 192.0.2.12)',
      ],
    })
    assert.match(
      choose(selects('insude'), NAMED).found[0] ?? '',
      /\(did you mean "inside"\? --listen-address has /,
    )
    for (const entry of ['constructor', 'tostring'])
      assert.equal(choose(selects(entry), NAMED).chosen, undefined)
    assert.equal(choose(selects('0.0.0.0'), NAMED).chosen, undefined)
  })
})

describe('a host that listens on all addresses', () => {
  it('listens on a single address for a Service that selects it', () => {
    assert.deepEqual(chosen(selects('192.0.2.7', '2001:db8::7')), ['192.0.2.7', '2001:db8::7'])
    assert.deepEqual(chosen(selects('192.0.2.7', '0.0.0.0')), ['0.0.0.0'])
  })

  it('has only the names that the operator gives', () => {
    const addressNames = {public: ['192.0.2.10']}
    assert.deepEqual(chosen(selects('public'), {addressNames}), ['192.0.2.10'])
    assert.deepEqual(choose(selects('public')).found, [
      'this host has no listen address "public"; no port of this Service is exposed (this lbex listens on all addresses of its host and has no names for them: use an IP address, or run lbex with --listen-address NAME=ADDRESS)',
    ])
  })

  it('has no addresses of a family that it does not listen for', () => {
    const listenAddresses = {IPv4: ['0.0.0.0'], IPv6: []}
    assert.equal(choose(selects('2001:db8::7'), {listenAddresses}).chosen, undefined)
  })
})

describe('a host that is not known', () => {
  it('may have any name', () => {
    const result = choose(selects('public', '192.0.2.7'), {addressNames: 'unknown'})
    assert.deepEqual(result, {
      chosen: {IPv4: ['192.0.2.7'], IPv6: [], field, isComplete: false},
      found: [],
    })
  })
})

describe('an overruled spec.loadBalancerIP', () => {
  const both = (entries: string[], ...overruled: string[]): RequestedAddresses => ({
    field,
    entries,
    overruled,
  })
  const reported = (...args: Parameters<typeof choose>): number => choose(...args).found.length

  it('is reported if it selects other addresses', () => {
    assert.equal(reported(both(['192.0.2.10'], '192.0.2.11'), NAMED), 1)
    assert.equal(reported(both(['192.0.2.10', '192.0.2.11'], '192.0.2.11'), NAMED), 1)
    assert.equal(reported(both(['192.0.2.10'], '192.0.2.99'), NAMED), 1)
    assert.equal(reported(both(['192.0.2.10']), NAMED), 1)
  })

  it('is not reported if it selects the same, also by name, or if that is not known', () => {
    assert.equal(reported(both(['192.0.2.11'], '192.0.2.11'), NAMED), 0)
    assert.equal(reported(both(['inside'], '192.0.2.11'), NAMED), 0)
    assert.equal(reported(both(['inside'], '192.0.2.11'), {addressNames: 'unknown'}), 0)
  })
})

describe('byFamily', () => {
  it('replaces the addresses of a family with its wildcard', () => {
    assert.deepEqual(byFamily(['192.0.2.1', '::1', '0.0.0.0', '::1']), {IPv4: ['0.0.0.0'], IPv6: ['::1']})
  })
})
