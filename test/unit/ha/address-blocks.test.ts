import assert from 'node:assert/strict'
import {eachAddress, parseBlocks} from '../../../src/ha/address-blocks.js'

const prefixes = (...texts: string[]): string[] => parseBlocks(texts, '--address').map(({prefix}) => prefix)
const refused = (text: string, message: RegExp): void =>
  assert.throws(() => parseBlocks([text], '--address'), {name: 'UsageError', message})

describe('parseBlocks', () => {
  it('reads addresses, networks and ranges of both families', () => {
    assert.deepEqual(
      parseBlocks(['192.0.2.10', '192.0.2.16/28', '2001:DB8::10', '2001:db8:1::/64'], '--address'),
      [
        {family: 'IPv4', prefix: '192.0.2.10/32', size: 1n},
        {family: 'IPv4', prefix: '192.0.2.16/28', size: 16n},
        {family: 'IPv6', prefix: '2001:db8::10/128', size: 1n},
        {family: 'IPv6', prefix: '2001:db8:1::/64', size: 2n ** 64n},
      ],
    )
    assert.deepEqual(prefixes('192.0.2.254-192.0.3.1'), [
      '192.0.2.254/32',
      '192.0.2.255/32',
      '192.0.3.0/32',
      '192.0.3.1/32',
    ])
    assert.deepEqual(prefixes('2001:db8::ffff-2001:db8::1:0'), ['2001:db8::ffff/128', '2001:db8::1:0/128'])
  })

  it('returns each block once', () => {
    assert.deepEqual(prefixes('192.0.2.10', '192.0.2.10/32', '192.0.2.9-192.0.2.10'), [
      '192.0.2.10/32',
      '192.0.2.9/32',
    ])
  })

  it('rejects a network with host bits, and says what to write instead', () => {
    assert.throws(() => parseBlocks(['192.0.2.10/24'], '--address'), {
      message: '--address 192.0.2.10/24 is not a network: it has host bits',
      hint: 'write 192.0.2.10 for this one address, or 192.0.2.0/24 for all addresses of the network',
    })
  })

  it('rejects what is not an address', () => {
    for (const text of ['web', '192.0.2', '192.0.2.10/33', 'fe80::1%eth0', '1-2', '192.0.2.1-2001:db8::1'])
      refused(text, /^--address must be /)
    refused('192.0.2.1-192.0.2.2-192.0.2.3', /FIRST-LAST/)
    refused('192.0.2.9-192.0.2.1', /the first address is greater/)
    refused('10.0.0.0-10.0.4.0', /has 1025 addresses/)
  })

  it('rejects addresses that cannot move between hosts', () => {
    for (const text of ['127.0.0.1', '::1', '0.0.0.0/0', '224.0.0.18', '255.255.255.255', 'fe80::1'])
      refused(text, /cannot move between hosts/)
    refused('127.0.0.1-127.0.0.9', /is a loopback address$/)
  })
})

describe('eachAddress', () => {
  it('returns each address of the blocks once', () => {
    const blocks = parseBlocks(['192.0.2.2', '192.0.2.0/30', '2001:db8::/127'], '--address')
    const all = eachAddress(blocks, 7, '').map(({prefix}) => prefix)
    assert.deepEqual(all, [
      '192.0.2.2/32',
      '192.0.2.0/32',
      '192.0.2.1/32',
      '192.0.2.3/32',
      '2001:db8::/128',
      '2001:db8::1/128',
    ])
  })

  it('rejects too many, without listing them', () => {
    assert.throws(() => eachAddress(parseBlocks(['2001:db8::/64'], '--address'), 256, 'use BIRD'), {
      name: 'UsageError',
      message: '--address has 18446744073709551616 addresses, at most 256 are possible here',
      hint: 'use BIRD',
    })
  })
})
