import assert from 'node:assert/strict'
import type {HostAnnouncement} from '../../../src/publish/host-record.js'
import {PublishedAddresses} from '../../../src/publish/published-addresses.js'

const named = (last: number, ready = true): HostAnnouncement => ({
  addresses: [`192.0.2.${last}`, `198.51.100.${last}`],
  listen: [
    {address: `192.0.2.${last}`, name: 'public'},
    {address: `2001:db8::${last}`, name: 'public'},
    {address: `198.51.100.${last}`, name: 'inside'},
  ],
  ready,
})
const older = (last: number): HostAnnouncement => ({addresses: [`192.0.2.${last}`], ready: true})
const anywhere = (last: number): HostAnnouncement => ({
  ...older(last),
  listen: [{address: '0.0.0.0'}, {address: '::'}],
})

const of = (hosts: readonly HostAnnouncement[], ...selected: string[]) =>
  new PublishedAddresses(hosts).of({selected})

describe('PublishedAddresses', () => {
  it('has the addresses of all ready hosts for a Service that selects none', () => {
    assert.deepEqual(new PublishedAddresses([named(2), named(1), named(3, false)]).of({}), [
      ...['192.0.2.1', '192.0.2.2', '198.51.100.1', '198.51.100.2'],
    ])
    assert.equal(new PublishedAddresses([named(1, false)]).of({}), undefined)
  })

  it('has the addresses of a name from each ready host', () => {
    const hosts = [named(1), named(2), named(3, false)]
    assert.deepEqual(of(hosts, 'inside'), ['198.51.100.1', '198.51.100.2'])
    assert.deepEqual(of(hosts, 'public'), ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'])
  })

  it('has no address of a host that does not have all that the Service selects', () => {
    const hosts = [named(1), named(2), anywhere(7)]
    assert.deepEqual(of(hosts, 'inside', '192.0.2.1'), ['192.0.2.1', '198.51.100.1'])
    assert.deepEqual(of(hosts, '192.0.2.1', '192.0.2.2'), [])
    assert.deepEqual(of(hosts, '192.0.2.7', '192.0.2.1'), ['192.0.2.7'])
  })

  it('says whether a ready host has all that the Service selects', () => {
    const addresses = new PublishedAddresses([named(1), named(2), named(3, false)], ['203.0.113.1'])
    assert.ok(addresses.isServed({selected: ['inside']}))
    assert.ok(!addresses.isServed({selected: ['192.0.2.1', '192.0.2.2']}))
    assert.ok(!addresses.isServed({selected: ['192.0.2.3']}))
    assert.ok(!addresses.isServed({selected: ['publik']}))
  })

  it('has no address if no host has what the Service selects, and keeps the status if no host is ready', () => {
    assert.deepEqual(of([named(1)], 'publik'), [])
    assert.deepEqual(of([named(1)], '192.0.2.99'), [])
    assert.equal(of([named(1, false)], 'public'), undefined)
    assert.equal(of([], 'public'), undefined)
  })

  it('has only published addresses of a host whose Lease has no names', () => {
    assert.deepEqual(of([older(1), named(2)], 'public'), ['192.0.2.2', '2001:db8::2'])
    assert.deepEqual(of([older(1), named(2)], '192.0.2.1'), ['192.0.2.1'])
    assert.deepEqual(of([older(1)], '192.0.2.7'), [])
  })

  it('has only announced addresses that a Service selects if a host listens on all addresses', () => {
    assert.deepEqual(of([anywhere(1)], '192.0.2.7', '2001:db8::7'), [])
    assert.deepEqual(of([anywhere(1)], '192.0.2.1', '8.8.8.8'), ['192.0.2.1'])
    const lost = new PublishedAddresses([anywhere(1)]).of({selected: ['192.0.2.1'], lost: ['192.0.2.1']})
    assert.deepEqual(lost, [])
    assert.deepEqual(of([anywhere(1)], '0.0.0.0'), ['192.0.2.1'])
    assert.deepEqual(of([{...anywhere(1), listen: [{address: '0.0.0.0'}]}], '2001:db8::7'), [])
    assert.deepEqual(new PublishedAddresses([anywhere(1), anywhere(2)]).of({}), ['192.0.2.1', '192.0.2.2'])
  })

  it('has no address where other Services have the ports, also not on other hosts by its name', () => {
    const hosts = new PublishedAddresses([named(1), named(2)])
    assert.deepEqual(hosts.of({lost: ['192.0.2.1']}), [
      ...['198.51.100.1', '198.51.100.2', '2001:db8::1', '2001:db8::2'],
    ])
    const two: HostAnnouncement = {
      addresses: ['192.0.2.1', '192.0.2.2'],
      listen: [
        {address: '192.0.2.1', name: 'public'},
        {address: '192.0.2.2', name: 'public'},
      ],
      ready: true,
    }
    assert.deepEqual(new PublishedAddresses([two]).of({lost: ['192.0.2.1']}), ['192.0.2.2'])
  })

  it('keeps --publish-address, except listen addresses that the Service does not select', () => {
    const fixed = ['192.0.2.1', '198.51.100.1', '203.0.113.1', 'lb.example.com']
    const addresses = new PublishedAddresses([named(1)], fixed)
    assert.deepEqual(addresses.of({}), fixed)
    assert.deepEqual(addresses.of({selected: ['public']}), ['192.0.2.1', '203.0.113.1', 'lb.example.com'])
    assert.deepEqual(addresses.of({selected: ['publik']}), ['203.0.113.1', 'lb.example.com'])
    assert.deepEqual(new PublishedAddresses([named(1)], ['192.0.2.1']).of({selected: ['inside']}), [])
    assert.deepEqual(new PublishedAddresses([named(1, false)], ['192.0.2.1']).of({selected: ['public']}), [
      '192.0.2.1',
    ])
  })

  it('knows every address that it may have published', () => {
    const addresses = new PublishedAddresses([named(1), older(2)])
    for (const address of ['192.0.2.1', '2001:db8::1', '192.0.2.2'])
      assert.ok(addresses.has(address), address)
    assert.ok(!addresses.has('203.0.113.9'))
  })
})
