import assert from 'node:assert/strict'
import {
  addressAt,
  addressNumber,
  findOverlap,
  isInRanges,
  parsePoolRange,
  specialAddressesIn,
  type PoolRange,
} from '../../../../src/core/cluster/address-pool.js'

function ends(text: string): string[] | undefined {
  const range = parsePoolRange(text)
  return range && [addressAt(range.family, range.first), addressAt(range.family, range.last)]
}

describe('parsePoolRange', () => {
  const VALID: Readonly<Record<string, readonly [string, string]>> = {
    '192.0.2.0/24': ['192.0.2.0', '192.0.2.255'],
    '192.0.2.17/28': ['192.0.2.16', '192.0.2.31'],
    '192.0.2.10-192.0.2.20': ['192.0.2.10', '192.0.2.20'],
    '192.0.2.7': ['192.0.2.7', '192.0.2.7'],
    '255.255.255.255/32': ['255.255.255.255', '255.255.255.255'],
    '2001:db8::/126': ['2001:db8::', '2001:db8::3'],
    '2001:DB8::1:0-2001:db8::1:ffff': ['2001:db8::1:0', '2001:db8::1:ffff'],
    '2001:db8::/64': ['2001:db8::', '2001:db8::ffff:ffff:ffff:ffff'],
  }
  for (const [text, expected] of Object.entries(VALID)) {
    it(`reads ${text}`, () => assert.deepEqual(ends(text), expected))
  }

  for (const text of [
    '',
    'x',
    '192.0.2.0/33',
    '192.0.2.0/',
    '2001:db8::/129',
    '192.0.2.20-192.0.2.10',
    '192.0.2.1-2001:db8::1',
    '192.0.2.1-192.0.2.2-192.0.2.3',
    '192.0.2.1-20',
    'fe80::1%eth0',
    '::ffff:192.0.2.0/120',
    '192.0.2.0/24-192.0.3.0/24',
  ]) {
    it(`rejects "${text}"`, () => assert.equal(parsePoolRange(text), undefined))
  }
})

describe('addresses as numbers', () => {
  it('have the form of parseIp', () => {
    for (const address of ['0.0.0.0', '192.0.2.255', '255.255.255.255'])
      assert.equal(addressAt('IPv4', addressNumber(address)), address)
    for (const address of ['::', '2001:db8::1', 'fd00:0:1::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])
      assert.equal(addressAt('IPv6', addressNumber(address)), address)
  })

  it('are in ranges of their own family only', () => {
    const ranges = rangesOf('0.0.0.0/0')
    assert.ok(isInRanges(ranges, 'IPv4', addressNumber('192.0.2.1')))
    assert.ok(!isInRanges(ranges, 'IPv6', addressNumber('::1')))
    assert.ok(!isInRanges(rangesOf('192.0.2.0/30'), 'IPv4', addressNumber('192.0.2.4')))
  })
})

describe('findOverlap', () => {
  it('finds two ranges with an address in common', () => {
    const overlap = findOverlap(rangesOf('192.0.2.0/28', '2001:db8::/64', '192.0.2.15-192.0.2.20'))
    assert.deepEqual(
      overlap?.map(({text}) => text),
      ['192.0.2.0/28', '192.0.2.15-192.0.2.20'],
    )
  })

  it('accepts ranges that are next to each other, and other families', () => {
    assert.equal(findOverlap(rangesOf('192.0.2.16/28', '192.0.2.0/28', '::/0')), undefined)
  })
})

describe('specialAddressesIn', () => {
  const special = (text: string) => rangesOf(text).map(specialAddressesIn)

  it('finds addresses that listen everywhere, or that no client can connect to', () => {
    assert.deepEqual(special('0.0.0.0/0'), ['0.0.0.0/8'])
    assert.deepEqual(special('126.0.0.0-128.0.0.0'), ['127.0.0.0/8'])
    assert.deepEqual(special('239.255.255.250'), ['224.0.0.0/4'])
    assert.deepEqual(special('255.255.255.0/24'), ['255.255.255.255'])
    assert.deepEqual(special('::1-::7'), ['::1'])
    assert.deepEqual(special('::2-::ffff:ffff:0:0'), ['::ffff:0:0/96'])
    assert.deepEqual(special('fe80::/64'), ['fe80::/10'])
  })

  it('accepts all others', () => {
    for (const text of ['192.0.2.0/24', '10.0.0.0/8', '2001:db8::/64', 'fd00::/8', '240.0.0.0/24'])
      assert.deepEqual(special(text), [undefined])
  })
})

function rangesOf(...texts: readonly string[]): PoolRange[] {
  return texts.flatMap((text) => parsePoolRange(text) ?? [])
}
