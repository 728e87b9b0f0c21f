import assert from 'node:assert/strict'
import {
  groupLabel,
  hostLeaseName,
  hostMetadata,
  leaderLeaseName,
  limitAnnouncement,
  readHost,
} from '../../../src/publish/host-record.js'
import {readLease} from '../../../src/publish/lease.js'

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const GROUPS = ['loadbalancer-lbex', 'loadbalancer-lbex/public', '', 'Ä', '-', '.a', 'x'.repeat(64), 'a b']

function read(annotations: object, spec: object = {holderIdentity: 'a'}) {
  return readHost(readLease({metadata: {annotations}, spec}))
}

describe('publish/host-record', () => {
  it('creates valid names and labels for any group and identity', () => {
    for (const group of GROUPS) {
      assert.match(groupLabel(group), LABEL)
      assert.match(leaderLeaseName(group), NAME)
      for (const identity of GROUPS) assert.match(hostLeaseName(group, identity), NAME)
    }
    assert.equal(new Set(GROUPS.map(groupLabel)).size, GROUPS.length)
    assert.equal(new Set(GROUPS.map(leaderLeaseName)).size, GROUPS.length)
    assert.equal(groupLabel('loadbalancer-lbex'), 'loadbalancer-lbex')
    assert.notEqual(hostLeaseName('a', 'b-c'), hostLeaseName('a-b', 'c'))
  })

  it('reads what it wrote', () => {
    const host = {addresses: ['192.0.2.1', '2001:db8::1', 'lb.example.com'], ready: true}
    const metadata = hostMetadata('one', host)
    assert.deepEqual(readHost(readLease({metadata, spec: {holderIdentity: 'a'}})), {name: 'a', ...host})
    assert.deepEqual(metadata, {
      labels: {'loadbalancer.lbex/publish-group': 'one', 'app.kubernetes.io/managed-by': 'lbex'},
      annotations: {
        'loadbalancer.lbex/addresses': '["192.0.2.1","2001:db8::1","lb.example.com"]',
        'loadbalancer.lbex/ready': 'true',
      },
    })
  })

  it('reads the names that it wrote, and a Lease of an older lbex, which has none', () => {
    const listen = [{address: '192.0.2.1', name: 'public'}, {address: '::'}]
    const host = {addresses: ['192.0.2.1'], listen, ready: true}
    const metadata = hostMetadata('one', host) as {annotations: Record<string, string>}
    assert.deepEqual(readHost(readLease({metadata, spec: {holderIdentity: 'a'}})), {name: 'a', ...host})
    assert.equal(
      metadata.annotations['loadbalancer.lbex/listen-addresses'],
      '[{"address":"192.0.2.1","name":"public"},{"address":"::"}]',
    )
    assert.equal(read({'loadbalancer.lbex/addresses': '[]'})?.listen, undefined)
  })

  it('limits an announcement to what other hosts read', () => {
    const listen = Array.from({length: 200}, (_, index) => ({address: '192.0.2.1', name: `n${index}`}))
    const addresses = Array.from({length: 40}, (_, index) => `192.0.2.${index}`)
    const limited = limitAnnouncement({addresses, listen, ready: true})
    assert.deepEqual(limited, {addresses: addresses.slice(0, 32), listen: listen.slice(0, 128), ready: true})
    const metadata = hostMetadata('one', limited)
    assert.deepEqual(readHost(readLease({metadata, spec: {holderIdentity: 'a'}})), {name: 'a', ...limited})
    const older = {addresses: ['192.0.2.1'], ready: false}
    assert.deepEqual(limitAnnouncement(older), older)
  })

  it('treats a host without a readiness annotation as not ready', () => {
    assert.deepEqual(read({'loadbalancer.lbex/addresses': '[]'}), {name: 'a', addresses: [], ready: false})
  })

  for (const addresses of [
    undefined,
    'banana',
    'null',
    '{}',
    '[1]',
    '["1.2.3.4/24"]',
    '["a b"]',
    '["fe80::1%eth0"]',
    '["192.0.2.01"]',
    '["lb.7"]',
    '["HOST"]',
    '["ä"]',
    '["-a"]',
    `["${'a'.repeat(64)}"]`,
    JSON.stringify(Array.from({length: 33}, () => '192.0.2.1')),
  ]) {
    it(`does not read the addresses ${String(addresses).slice(0, 30)}`, () => {
      assert.equal(read({'loadbalancer.lbex/addresses': addresses}), undefined)
    })
  }

  for (const listen of [
    ...['banana', 'null', '{}', '["192.0.2.1"]', '[null]', '[{}]', '[{"address":"lb.example.com"}]'],
    ...['[{"address":"fe80::1%eth0"}]', '[{"address":"192.0.2.1","name":1}]'],
    ...['[{"address":"192.0.2.1","name":"A b"}]', '[{"address":"192.0.2.1","name":""}]'],
    JSON.stringify(Array.from({length: 129}, () => ({address: '192.0.2.1'}))),
  ]) {
    it(`does not read the listen addresses ${listen.slice(0, 45)}`, () => {
      const annotations = {
        'loadbalancer.lbex/addresses': '[]',
        'loadbalancer.lbex/listen-addresses': listen,
      }
      assert.equal(read(annotations), undefined)
    })
  }

  it('does not read a Lease without a holder', () => {
    assert.equal(read({'loadbalancer.lbex/addresses': '[]'}, {holderIdentity: ''}), undefined)
    assert.equal(read({'loadbalancer.lbex/addresses': '[]'}, {}), undefined)
  })
})
