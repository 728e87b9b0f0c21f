import assert from 'node:assert/strict'
import {evaluate} from '../../../support/translate.js'
import type {ModelOptions} from '../../../../src/core/model/options.js'
import {parseRange, type AddressRange} from '../../../../src/core/cluster/address-range.js'
import {COMPLETE, type Coverage} from '../../../../src/core/cluster/snapshot.js'
import {
  anEndpoint,
  aNode,
  aService,
  aSlice,
  aSnapshot,
  NOTHING_KNOWN,
  options,
} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

type Parts = Parameters<typeof aSnapshot>[0]

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8080)
const ready = anEndpoint('10.1.0.1').on('a')

function servers(parts: Parts, coverage?: Coverage, overrides: Partial<ModelOptions> = {}): string[] {
  const {served, messages} = outcome(aSnapshot(parts, coverage), options(overrides))
  return [...(served['default/web']?.['0.0.0.0:8080/TCP'] ?? []), ...messages]
}

const closed = (why: string) => [`no-backend: listen port 8080/TCP is closed: ${why}`]

describe('pod upstreams', () => {
  it('have servers at the endpoints, without Nodes and node ports', () => {
    const clusterIp = web.with({
      type: 'ClusterIP',
      ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 'web'}],
    })
    assert.deepEqual(servers([clusterIp, slice.endpoints(anEndpoint('10.1.0.2'), ready)]), [
      '10.1.0.1:8080',
      '10.1.0.2:8080',
    ])
  })

  it('use ready endpoints, or terminating endpoints that still serve if none is ready', () => {
    const [off, draining] = [anEndpoint('10.1.0.2').notReady(), anEndpoint('10.1.0.3').draining()]
    assert.deepEqual(servers([web, slice.endpoints(ready, off, draining)]), ['10.1.0.1:8080'])
    assert.deepEqual(servers([web, slice.endpoints(off, draining)]), ['10.1.0.3:8080'])
  })

  it('use endpoints that are not ready with publishNotReadyAddresses', () => {
    const published = web.with({publishNotReadyAddresses: true})
    const [off, draining] = [anEndpoint('10.1.0.2').notReady(), anEndpoint('10.1.0.3').draining()]
    assert.deepEqual(servers([published, slice.endpoints(ready, off, draining)]), [
      '10.1.0.1:8080',
      '10.1.0.2:8080',
      '10.1.0.3:8080',
    ])
    assert.deepEqual(servers([published, slice.endpoints(off)]), ['10.1.0.2:8080'])
  })

  it('prefer the endpoints for the zone of the host, and list the others as skipped', () => {
    const [east, west] = [ready.forZones('east'), anEndpoint('10.1.0.2').forZones('west')]
    const inEast = {zone: 'east'}
    const both = slice.endpoints(east, west)
    assert.deepEqual(servers([web, both], COMPLETE, inEast), ['10.1.0.1:8080'])
    assert.deepEqual(servers([web, both]), ['10.1.0.1:8080', '10.1.0.2:8080'])
    assert.deepEqual(servers([web, slice.endpoints(east.notReady(), west)], COMPLETE, inEast), [
      '10.1.0.2:8080',
    ])
    const {loadBalancer} = evaluate(aSnapshot([web, both]), options(inEast))
    assert.deepEqual(loadBalancer.services[0]?.upstreams[0]?.absent, [
      {what: 'endpoint 10.1.0.2', why: 'for other zones'},
    ])
  })

  it('list skipped endpoints with the reason', () => {
    const endpoints = [ready, anEndpoint('10.1.0.2').notReady(), anEndpoint('10.1.0.3').draining()].map(
      (one) => one.build(),
    )
    const named = slice.with({
      endpoints: endpoints.map((one, index) => (index === 1 ? {...one, targetName: 'web-1'} : one)),
    })
    const {loadBalancer} = evaluate(aSnapshot([web, named]), options())
    assert.deepEqual(loadBalancer.services[0]?.upstreams[0]?.absent, [
      {what: 'endpoint 10.1.0.2 of Pod web-1', why: 'not ready'},
      {what: 'endpoint 10.1.0.3', why: 'terminating'},
    ])
  })

  it('skip and report an invalid address', () => {
    assert.deepEqual(servers([web, slice.endpoints(ready, anEndpoint('db.example'))]), [
      '10.1.0.1:8080',
      'address-invalid: "db.example" is not an IPv4 address; this endpoint is skipped',
    ])
  })

  it('skip and report addresses of this host and of cloud metadata services', () => {
    const endpoints = ['127.0.0.1', '127.0.0.2', '169.254.169.254', '100.100.100.200', '224.0.0.1']
    assert.deepEqual(servers([web, slice.endpoints(ready, ...endpoints.map((one) => anEndpoint(one)))]), [
      '10.1.0.1:8080',
      'address-refused: endpoint 224.0.0.1 is skipped: a multicast address does not identify a single server',
      'address-refused: endpoints 100.100.100.200, 169.254.169.254 are skipped: it is the address of a cloud metadata service',
      'address-refused: endpoints 127.0.0.1, 127.0.0.2 are skipped: a loopback address refers to the host itself',
    ])
    assert.deepEqual(servers([web, slice.endpoints(anEndpoint('127.0.0.1'))]), [
      ...closed('all its endpoints have addresses that lbex does not use'),
      'address-refused: endpoint 127.0.0.1 is skipped: a loopback address refers to the host itself',
    ])
  })

  it('use local addresses if the operator allows them, but never those of a metadata service', () => {
    const local = [anEndpoint('127.0.0.1'), anEndpoint('169.254.1.1'), anEndpoint('169.254.169.254')]
    const slices = aSlice('web')
      .port('http', 9090)
      .endpoints(...local)
    assert.deepEqual(servers([web, slices], undefined, {allowLocalEndpoints: true}), [
      '127.0.0.1:9090',
      '169.254.1.1:9090',
      'address-refused: endpoint 169.254.169.254 is skipped: it is the address of a cloud metadata service',
    ])
  })

  it('skip addresses that the operator denies', () => {
    const denied = {deniedEndpoints: [parseRange('10.1.0.0/31') as AddressRange]}
    assert.deepEqual(servers([web, slice.endpoints(ready, anEndpoint('10.1.0.2'))], undefined, denied), [
      '10.1.0.2:8080',
      'address-refused: endpoint 10.1.0.1 is skipped: the address is in a range of --deny-endpoints',
    ])
  })

  it('use Endpoints if there are no EndpointSlices', () => {
    const old = slice.endpoints(ready).with({ref: {kind: 'Endpoints', namespace: 'default', name: 'web'}})
    assert.deepEqual(servers([web, old]), ['10.1.0.1:8080'])
  })
})

describe('a Service port and its endpoints are matched by name and protocol', () => {
  it('whatever the name or number of the targetPort', () => {
    const named = web.with({ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 'web-port'}]})
    assert.deepEqual(servers([named, slice.endpoints(ready)]), ['10.1.0.1:8080'])
    const numbered = web.with({ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 9999}]})
    assert.deepEqual(servers([numbered, slice.endpoints(ready)]), ['10.1.0.1:8080'])
  })

  it('so that TCP and UDP with the same number are separate', () => {
    const dns = aService('dns')
      .annotated({'upstream-type': 'pod'})
      .port('dns', 53, {protocol: 'UDP', listen: 5353})
      .port('dns-tcp', 53, {listen: 5353})
    const slices = [
      aSlice('dns').named('dns-a').port('dns', 1053, 'UDP').endpoints(anEndpoint('10.1.0.1')),
      aSlice('dns').named('dns-b').port('dns-tcp', 2053).endpoints(anEndpoint('10.1.0.2')),
    ]
    assert.deepEqual(outcome(aSnapshot([dns, ...slices]), options()), {
      served: {'default/dns': {'0.0.0.0:5353/TCP': ['10.1.0.2:2053'], '0.0.0.0:5353/UDP': ['10.1.0.1:1053']}},
      messages: [],
    })
  })

  it('so that an unnamed port is exposed, with and without an annotation', () => {
    const unnamed = aService('web').annotated({'upstream-type': 'pod'}).port('', 8080)
    const slices = aSlice('web').port('', 80).endpoints(ready)
    assert.deepEqual(servers([unnamed.listening({unnamed: 8080}), slices]), ['10.1.0.1:80'])
    const {served} = outcome(aSnapshot([unnamed, slices]), options({requirePort: false}))
    assert.deepEqual(served, {'default/web': {'0.0.0.0:8080/TCP': ['10.1.0.1:80']}})
  })
})

describe('fail open', () => {
  const off = [ready.notReady(), anEndpoint('10.1.0.2').on('b').notReady()]
  const said = 'nodes-lost: all 2 nodes behind this port are NotReady; lbex keeps sending traffic to them'

  it('keeps the endpoints if all their nodes are NotReady', () => {
    assert.deepEqual(servers([web, slice.endpoints(...off), aNode('a').lost(), aNode('b').notReady()]), [
      '10.1.0.1:8080',
      '10.1.0.2:8080',
      said,
    ])
  })

  it('does not apply if a node is Ready or no node is known', () => {
    assert.deepEqual(
      servers([web, slice.endpoints(...off), aNode('a').lost(), aNode('b')]),
      closed('none of its 2 endpoints is ready'),
    )
    assert.deepEqual(servers([web, slice.endpoints(...off)]), closed('none of its 2 endpoints is ready'))
  })
})

describe('cluster-ip upstreams', () => {
  const clustered = web.annotated({'upstream-type': 'cluster-ip'}).with({type: 'ClusterIP'})

  it('have one server at cluster IP and Service port', () => {
    assert.deepEqual(servers([clustered]), ['10.96.0.1:80'])
  })

  it('need a usable cluster IP', () => {
    assert.deepEqual(servers([clustered.with({clusterIPs: ['127.0.0.1']})]), [
      'no-backend: listen port 8080/TCP is closed: a loopback address refers to the host itself',
      'address-refused: cluster IP 127.0.0.1 is skipped: a loopback address refers to the host itself',
    ])
  })

  it('need a cluster IP of the family', () => {
    assert.deepEqual(servers([clustered.with({clusterIPs: []})]), [
      'cluster-ip-missing: the Service has no IPv4 cluster IP; this port is not exposed to IPv4 clients',
    ])
    for (const ipFamilies of [
      ['IPv6', 'IPv4'],
      ['IPv4', 'IPv6'],
    ] as const)
      assert.deepEqual(servers([clustered.with({ipFamilies})]), [
        '10.96.0.1:80',
        'cluster-ip-missing: the Service has no IPv6 cluster IP; this port is not exposed to IPv6 clients',
      ])
  })

  it('have one server for each family of a dual-stack Service', () => {
    const dual = clustered.with({ipFamilies: ['IPv4', 'IPv6'], clusterIPs: ['10.96.0.1', 'FD00::0001']})
    assert.deepEqual(outcome(aSnapshot([dual]), options()), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['10.96.0.1:80'], '[::]:8080/TCP': ['[fd00::1]:80']}},
      messages: [],
    })
  })
})

describe('partial knowledge', () => {
  it('uses a placeholder that is down', () => {
    const bare = web.bare()
    assert.deepEqual(servers([bare], NOTHING_KNOWN), ['192.0.2.1:80 down'])
    const target = bare.with({ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 9090}]})
    assert.deepEqual(servers([target], NOTHING_KNOWN), ['192.0.2.1:9090 down'])
    const unset = bare.with({ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 0}]})
    assert.deepEqual(servers([unset], NOTHING_KNOWN), ['192.0.2.1:80 down'])
    assert.deepEqual(servers([bare.annotated({'upstream-type': 'cluster-ip'})], NOTHING_KNOWN), [
      '192.0.2.1:80 down',
    ])
  })

  it('uses what is known', () => {
    assert.deepEqual(servers([web.bare(), slice.endpoints(ready)], NOTHING_KNOWN), ['10.1.0.1:8080'])
    assert.deepEqual(servers([web.annotated({'upstream-type': 'cluster-ip'})], NOTHING_KNOWN), [
      '10.96.0.1:80',
    ])
  })

  it('uses a placeholder of the right family', () => {
    const six = web.bare().with({ipFamilies: ['IPv6']})
    assert.deepEqual(outcome(aSnapshot([six], NOTHING_KNOWN), options()).served, {
      'default/web': {'[::]:8080/TCP': ['[2001:db8::1]:80 down']},
    })
  })
})
