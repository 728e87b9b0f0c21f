import assert from 'node:assert/strict'
import {
  asNumber,
  bgpRouterId,
  installFolder,
  interfaceName,
  neighbor,
  priority,
  virtualRouterId,
} from '../../../src/cli/ha-values.js'

/** Each parser with values that it accepts and their result, and values that it rejects. */
const CASES: readonly (readonly [
  parse: (text: string) => unknown,
  accepted: Readonly<Record<string, unknown>>,
  refused: readonly string[],
])[] = [
  [interfaceName, {eth0: 'eth0', 'bond0.100': 'bond0.100'}, ['', 'eth0 ', 'a/b', 'sixteen-letters-']],
  [virtualRouterId, {'1': 1, '255': 255}, ['0', '256', '-1', '1.5', 'x']],
  [priority, {'2': 2, '254': 254}, ['1', '255']],
  [asNumber, {'64512': 64_512, '4294967294': 4_294_967_294}, ['0', '23456', '65535', '4294967295', 'AS1']],
  [
    neighbor,
    {
      '192.0.2.1=64512': {address: '192.0.2.1', as: 64_512},
      '2001:DB8::1=1': {address: '2001:db8::1', as: 1},
    },
    ['192.0.2.1', '192.0.2.1=', '=64512', 'router=64512', '192.0.2.1=x', '192.0.2.1=1=2'],
  ],
  [bgpRouterId, {'192.0.2.11': '192.0.2.11'}, ['0.0.0.0', '2001:db8::1', '1.2.3', '1.2.3.256']],
  [
    installFolder,
    {'/etc/bird': '/etc/bird', '/etc/bird/': '/etc/bird', '/': '/'},
    ['etc/bird', '', '/etc/my folder', '/etc/"'],
  ],
]

describe('the values of lbex ha', () => {
  for (const [parse, accepted, refused] of CASES) {
    it(`${parse.name} accepts and rejects`, () => {
      for (const [text, value] of Object.entries(accepted)) assert.deepEqual(parse(text), value)
      for (const text of refused) assert.throws(() => parse(text), {name: 'UsageError', message: /^must be /})
    })
  }
})
