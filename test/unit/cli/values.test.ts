import assert from 'node:assert/strict'
import {isAddressName} from '../../../src/core/intent/values.js'
import {UsageError} from '../../../src/cli/usage-error.js'
import * as values from '../../../src/cli/values.js'

const good: Array<[keyof typeof values, string, unknown]> = [
  ['port', '1', 1],
  ['port', '65535', 65_535],
  ['workers', '8', 8],
  ['verbosity', '4', 4],
  ['reservedPort', '22', {port: 22}],
  ['reservedPort', '22/tcp', {port: 22, protocol: 'TCP'}],
  ['reservedPort', '53/UDP', {port: 53, protocol: 'UDP'}],
  ['reservedPort', 'none', 'none'],
  ['duration', '0', 0],
  ['duration', '250ms', 250],
  ['duration', '1.5s', 1500],
  ['duration', '1h30m', 5_400_000],
  ['address', '192.0.2.7', '192.0.2.7'],
  ['address', '2001:DB8:0:0::1', '2001:db8::1'],
  ['address', '::', '::'],
  ['listenAddress', '192.0.2.7', {address: '192.0.2.7'}],
  ['listenAddress', 'public=2001:DB8::0:7', {name: 'public', address: '2001:db8::7'}],
  ['socketAddress', '127.0.0.1:7332', {address: '127.0.0.1', port: 7332}],
  ['socketAddress', '[::1]:80', {address: '::1', port: 80}],
  ['poolRange', '192.0.2.0/24', {range: '192.0.2.0/24'}],
  ['poolRange', 'web.eu=::1-::2', {name: 'web.eu', range: '::1-::2'}],
  ['publishedAddress', '203.0.113.7', '203.0.113.7'],
  ['publishedAddress', '2001:DB8::0:7', '2001:db8::7'],
  ['publishedAddress', 'LB.example.com', 'lb.example.com'],
  ['groupName', 'edge', 'edge'],
  ['addressRange', '10.20.0.0/16', '10.20.0.0/16'],
  ['addressRange', 'fd00::7', 'fd00::7'],
  ['namespace', 'kube-system', 'kube-system'],
  ['serviceName', 'ntp', 'ntp'],
  ['serviceName', 'default/ntp', 'default/ntp'],
  ['poolName', 'web.eu_1', 'web.eu_1'],
  ['poolName', '', ''],
  ['zoneName', 'us-east1.b', 'us-east1.b'],
  ['nginxVersion', '1.22.1', [1, 22, 1]],
  ['path', 'a b', 'a b'],
  ['serviceUnit', 'lbex-nginx@edge-2.service', 'lbex-nginx@edge-2.service'],
  ['plainPath', '/srv/lbex-1/nginx', '/srv/lbex-1/nginx'],
  ['quotablePath', '/opt/my nginx/stream.so', '/opt/my nginx/stream.so'],
]

const bad: Array<[keyof typeof values, string[], string]> = [
  ['port', ['0', '65536', '-1', '+80', '80.0', ' 80', '', '1e3'], 'a port from 1 to 65535'],
  ['workers', ['0', '513', 'auto'], 'a number from 1 to 512'],
  ['verbosity', ['-1', 'x'], 'a number'],
  ['reservedPort', ['22/sctp', '0', 'ssh', '70000', ''], 'PORT, PORT/tcp, PORT/udp or none'],
  [
    'socketAddress',
    ['127.0.0.1', ':80', 'localhost:80', '::1:80', '[127.0.0.1]:80', '127.0.0.1:0', '127.0.0.1:70000', ''],
    'an IP address and a port such as 127.0.0.1:7332 or [::1]:7332',
  ],
  ['duration', ['30', '-1s', '5 m', '', '1d'], 'a duration such as 500ms, 30s, 5m or 12h'],
  ['address', ['localhost', '1.2.3', 'fe80::1%eth0', '10.0.0.0/8', '[::1]'], 'an IP address'],
  [
    'listenAddress',
    ['', 'public', '192.0.2.7,x', 'public=', 'public=a', 'a=b=192.0.2.7', '=192.0.2.7', 'A=::1', '10=::1'],
    'an IP address, or NAME=ADDRESS with a name of lowercase letters, digits and hyphens',
  ],
  [
    'poolRange',
    [
      '',
      'public',
      'public=',
      '=192.0.2.0/24',
      'a b=192.0.2.0/24',
      '192.0.2.0/33',
      '192.0.2.1-::1',
      '::1%a',
      '::1-::2-::3',
    ],
    'a range of addresses such as 192.0.2.0/24 or 192.0.2.10-192.0.2.20, or NAME=RANGE with a name of at most 63 letters, digits, hyphens, underscores and dots',
  ],
  [
    'publishedAddress',
    ['', 'a b', '300.1.1.1', '-a', 'a..b', 'fe80::1%eth0', 'http://a'],
    'an IP address or a host name',
  ],
  ['groupName', [''], 'a name'],
  [
    'addressRange',
    ['', 'web', '10.0.0.0/33', '10.0.0.0/08', 'fd00::/129', 'fe80::1%eth0', '10.0.0.0/'],
    'an IP address or a range such as 10.0.0.0/8',
  ],
  ['namespace', ['', 'A', 'a,b', '-a', 'a'.repeat(64)], 'a namespace'],
  ['serviceName', ['', 'a/b/c', 'a/', '--json'], 'NAME or NAMESPACE/NAME of a Service'],
  ['zoneName', ['', 'a b', '-a', 'a'.repeat(64)], "a zone (1 to 63 letters, digits, '-', '_' and '.')"],
  ['poolName', ['a b', '-a', 'a'.repeat(64)], "a pool name (1 to 63 letters, digits, '-', '_' and '.')"],
  ['nginxVersion', ['1.22', 'v1.22.1', 'latest'], 'a version such as 1.22.1'],
  ['path', [''], 'a path'],
  ['plainPath', ['', '/a b', '/a;b', '/a"b'], 'a path of letters, digits and . _ / + -'],
  ['quotablePath', ['', '/a"b', '/a\\b', '/$a', '/a\nb'], 'a path without quotes, backslashes and $'],
]

describe('values', () => {
  for (const [reader, text, value] of good) {
    it(`${reader} reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(values[reader](text), value)
    })
  }
  for (const [reader, texts, wanted] of bad) {
    for (const text of texts) {
      it(`${reader} refuses ${JSON.stringify(text)}`, () => {
        const error = new UsageError(`must be ${wanted}, this is ${JSON.stringify(text)}`)
        assert.throws(() => values[reader](text), error)
      })
    }
  }
})

describe('the name of a listen address', () => {
  it('has the same form for the operator and for Services', () => {
    const accepts = (name: string): boolean => {
      try {
        return values.listenAddress(`${name}=::1`).name === name
      } catch {
        return false
      }
    }
    const names = [
      'a',
      'a-1',
      'public',
      'x'.repeat(63),
      'x'.repeat(64),
      '',
      'A',
      '1a',
      'a-',
      '-a',
      'a.b',
      'a_b',
      'a b',
    ]
    assert.deepEqual(names.filter(accepts), names.filter(isAddressName))
    assert.deepEqual(names.filter(accepts), ['a', 'a-1', 'public', 'x'.repeat(63)])
  })
})
