import assert from 'node:assert/strict'
import {parseIp} from '../../../../src/core/cluster/ip-address.js'

describe('parseIp', () => {
  it('returns the canonical form and the family', () => {
    assert.deepEqual(parseIp('10.0.0.1'), {address: '10.0.0.1', family: 'IPv4'})
    assert.deepEqual(parseIp('2001:DB8:0:0::1'), {address: '2001:db8::1', family: 'IPv6'})
    assert.deepEqual(parseIp('64:ff9b::1.2.3.4'), {address: '64:ff9b::102:304', family: 'IPv6'})
  })

  it('converts an IPv4-mapped address to IPv4', () => {
    assert.deepEqual(parseIp('::ffff:10.0.0.1'), {address: '10.0.0.1', family: 'IPv4'})
  })

  const refused = [
    '',
    ' ',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1/24',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.1:80',
    '167772161',
    '[::1]',
    '::1/64',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '10.0.0.1; listen 1',
    '1:'.repeat(50_000),
  ]
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => assert.equal(parseIp(text), undefined))
  }
})
