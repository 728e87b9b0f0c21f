import assert from 'node:assert/strict'
import {isInRange, parseRange, specialRangeOf} from '../../../../src/core/cluster/address-range.js'

describe('specialRangeOf', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['10.0.0.1', undefined],
    ['100.64.0.1', undefined],
    ['fd00::1', undefined],
    ['2001:db8::1', undefined],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['feff:ffff::1', 'site-local'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['169.254.169.254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['fd20:ce::254', 'metadata'],
  ]
  for (const [address, expected] of cases)
    it(`of ${address} is ${expected}`, () => assert.equal(specialRangeOf(address), expected))

  it('recognizes an IPv4 address embedded in an IPv6 address', () => {
    assert.equal(specialRangeOf('64:ff9b::7f00:1'), 'loopback')
    assert.equal(specialRangeOf('64:ff9b:1::a9fe:a9fe'), 'metadata')
    assert.equal(specialRangeOf('2002:7f00:1::'), 'loopback')
    assert.equal(specialRangeOf('::ffff:0:a9fe:101'), 'link-local')
    assert.equal(specialRangeOf('::7f00:1'), 'loopback')
    // Teredo: the server address as it is, the client address inverted.
    assert.equal(specialRangeOf('2001:0:7f00:1::f5ff:fffe'), 'loopback')
    assert.equal(specialRangeOf('2001:0:4136:e378:8000:63bf:80ff:fffe'), 'loopback')
    assert.equal(specialRangeOf('2001:0:4136:e378:8000:63bf:5601:5601'), 'metadata')
    assert.equal(specialRangeOf('2001:0:4136:e378:8000:63bf:3fff:fdd2'), undefined)
    assert.equal(specialRangeOf('64:ff9b::a00:1'), undefined)
    assert.equal(specialRangeOf('2001:db8::7f00:1'), undefined)
  })
})

describe('parseRange', () => {
  const contains = (range: string, address: string) => {
    const parsed = parseRange(range)
    assert.ok(parsed)
    return isInRange(address, parsed)
  }

  it('accepts a range or a single address of either family', () => {
    assert.equal(contains('10.20.0.0/16', '10.20.3.4'), true)
    assert.equal(contains('10.20.0.0/16', '10.21.3.4'), false)
    assert.equal(contains('10.20.0.1', '10.20.0.1'), true)
    assert.equal(contains('fd00:1::/32', 'fd00:1::7'), true)
    assert.equal(contains('fd00:1::7', 'fd00:1::8'), false)
    assert.equal(contains('0.0.0.0/0', 'fd00::1'), false)
  })

  it('matches an IPv4 address in every notation', () => {
    assert.equal(contains('::ffff:10.20.0.0/112', '10.20.3.4'), true)
    assert.equal(contains('10.20.0.0/16', '64:ff9b::a14:304'), true)
    assert.equal(contains('10.20.0.0/16', '2001:0:4136:e378:8000:63bf:f5eb:fcfb'), true)
    assert.equal(contains('10.20.0.0/16', '2001:0:4136:e378:8000:63bf:f5ea:fcfb'), false)
  })

  it('rejects everything else', () => {
    for (const text of ['', 'a', '10.0.0.0/33', '10.0.0/8', 'fe80::1%eth0', '10.0.0.0/'])
      assert.equal(parseRange(text), undefined)
  })
})
