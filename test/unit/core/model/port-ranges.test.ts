import assert from 'node:assert/strict'
import {evaluate, render, without} from '../../../support/translate.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {countListenPorts} from '../../../../src/core/intent/port-range.js'
import {firstListenPorts} from '../../../../src/core/model/port-ranges.js'
import type {HostState} from '../../../../src/core/model/host-state.js'
import {wantedProbes} from '../../../../src/health/wanted-probes.js'

const media = (listen: string, name = 'media') =>
  aService(name).port('rtp', 5004, {protocol: 'UDP', listen}).annotated({'upstream-type': 'pod'})
const slice = (name = 'media', port = 30_000) =>
  aSlice(name).port('rtp', port, 'UDP').endpoints(anEndpoint('10.1.0.1'), anEndpoint('10.1.0.2'))

type Parts = Parameters<typeof aSnapshot>[0]
const result = (parts: Parts, changes = {}) => outcome(aSnapshot(parts), options(changes))
const listenersOf = ({served}: ReturnType<typeof result>, name = 'media') =>
  Object.keys(served[`default/${name}`] ?? {})

describe('a range of listen ports', () => {
  it('leads each port to the target port plus the same number', () => {
    assert.deepEqual(result([media('20000-20002'), slice()]), {
      served: {
        'default/media': {
          '0.0.0.0:20000/UDP': ['10.1.0.1:30000', '10.1.0.2:30000'],
          '0.0.0.0:20001/UDP': ['10.1.0.1:30001', '10.1.0.2:30001'],
          '0.0.0.0:20002/UDP': ['10.1.0.1:30002', '10.1.0.2:30002'],
        },
      },
      messages: [],
    })
  })

  it('starts at the target port of each endpoint', () => {
    const other = aSlice('media').port('rtp', 40_000, 'UDP').endpoints(anEndpoint('10.1.0.3'))
    const {served} = result([media('20000-20001'), slice(), other])
    assert.deepEqual(served['default/media']?.['0.0.0.0:20001/UDP'], [
      '10.1.0.1:30001',
      '10.1.0.2:30001',
      '10.1.0.3:40001',
    ])
  })

  it('has no backend if there is no endpoint, which is reported once', () => {
    assert.deepEqual(result([media('20000-20009')]), {
      served: {},
      messages: ['no-backend: listen port 20000-20009/UDP is closed: the Service has no endpoints'],
    })
  })

  for (const type of ['node', 'cluster-ip'])
    it(`is an error with upstreams of type ${type}, also if the range has one port`, () => {
      const service = media('20000-20000').annotated({'upstream-type': type})
      assert.deepEqual(result([service, slice()]), {
        served: {},
        messages: [
          `port-range-upstream: a range of listen ports needs upstreams of type pod, but the upstream type is ${type}; this port is not exposed`,
        ],
      })
    })

  it('leaves out the ports of Pods above 65535', () => {
    const service = media('20000-20009')
    const {served, messages} = result([service, slice('media', 65_534)])
    assert.deepEqual(Object.keys(served['default/media'] ?? {}), ['0.0.0.0:20000/UDP', '0.0.0.0:20001/UDP'])
    assert.deepEqual(messages, [
      'port-range-target: 20002-20009/UDP would lead to ports of Pods above 65535, because the target port is 65534; Pods with this target port get no connections there',
    ])
  })

  it('leaves out a reserved port', () => {
    const found = result([
      media('7330-7332').with({ports: TCP}),
      aSlice('media').port('rtp', 80).endpoints(anEndpoint('10.1.0.1')),
    ])
    assert.deepEqual(listenersOf(found), ['0.0.0.0:7330/TCP', '0.0.0.0:7332/TCP'])
    assert.deepEqual(found.messages, [
      'port-reserved: 7331/TCP is reserved (the health server); this port is not exposed',
    ])
  })

  it('is reported once if an unprivileged NGINX cannot listen on its first ports', () => {
    const {messages} = result([media('1000-1050'), slice()], {unprivileged: true})
    assert.deepEqual(messages, ['port-privileged: an unprivileged NGINX cannot listen on port 1000'])
  })

  it('ends at the limit of listeners', () => {
    const found = result([media('20000-20009'), slice()], {maxListenersPerService: 3})
    assert.equal(listenersOf(found).length, 3)
    assert.deepEqual(found.messages, [
      'listeners-over-limit: only the first 3 of 10 ports are exposed: the limit is 3 listeners per Service',
    ])
  })

  it('ends at the limit of listeners also if the host cannot have any of them', () => {
    const {messages} = result([media('20000-20009').with({ipFamilies: ['IPv6']}), slice()], {
      ipv6: false,
      maxListenersPerService: 3,
    })
    assert.deepEqual(messages, [
      'family-unavailable: this port is not exposed to IPv6 clients: this host does not support IPv6',
      'listeners-over-limit: only the first 3 of 10 ports are exposed: the limit is 3 listeners per Service',
    ])
  })

  it('counts each of its ports for the limit of source ranges', () => {
    const service = media('20000-20009').with({loadBalancerSourceRanges: ['10.0.0.0/8', '192.0.2.0/24']})
    assert.equal(listenersOf(result([service, slice()], {maxSourceRangesPerService: 20})).length, 10)
    assert.deepEqual(result([service, slice()], {maxSourceRangesPerService: 19}), {
      served: {},
      messages: [
        'source-ranges-over-limit: 2 source ranges for 10 ports are more than the limit of 19; no port of this Service is exposed',
      ],
    })
  })
})

const TCP = [{name: 'rtp', protocol: 'TCP', port: 5004}]

describe('two ranges that overlap', () => {
  const older = media('20005-20020', 'a')
  const parts = [older, slice('a'), media('20000-20030', 'b'), slice('b')]

  it('are both served, the later one without the ports of the other', () => {
    const found = result(parts)
    assert.equal(listenersOf(found, 'a').length, 16)
    assert.equal(listenersOf(found, 'b').length, 15)
    assert.deepEqual(found.messages, [
      'port-conflict: 0.0.0.0:20005-20020/UDP is already allocated to Service default/a (it comes first by namespace/name); these ports are not exposed',
    ])
  })

  it('have a hint about several ports', () => {
    const {diagnostics} = evaluate(aSnapshot(parts), options())
    assert.deepEqual(
      diagnostics.map(({hint}) => hint),
      ['choose other listen ports; lbex exposes these ports when the other Service no longer uses them'],
    )
  })

  it('name each Service that has a part', () => {
    const single = media('20025', 'single')
      .annotated({'upstream-type': 'cluster-ip'})
      .created('2025-01-01T00:00:00Z')
    assert.deepEqual(result([...parts, single]).messages, [
      'port-conflict: 0.0.0.0:20005-20020/UDP is already allocated to Service default/a (it comes first by namespace/name); these ports are not exposed',
      'port-conflict: 0.0.0.0:20025/UDP is already allocated to Service default/single (it is older); this port is not exposed',
    ])
  })

  it('name the listeners of the other Service if only one of them is on all addresses', () => {
    const single = media('20010-20040', 'b').annotated({'listen-address': '10.0.0.1'})
    const {messages} = result([older, slice('a'), single, slice('b')])
    assert.deepEqual(messages, [
      'port-conflict: 10.0.0.1:20010-20020/UDP overlaps 0.0.0.0:20010-20020/UDP, which is allocated to Service default/a (it comes first by namespace/name); these ports are not exposed',
    ])
  })

  it('can belong to one Service', () => {
    const both = media('20000-20010').port('more', 5005, {protocol: 'UDP', listen: '20010-20011'})
    const ports = aSlice('media').port('rtp', 1000, 'UDP').port('more', 2000, 'UDP')
    const found = result([both, ports.endpoints(anEndpoint('10.1.0.1'))])
    assert.deepEqual(found.served['default/media']?.['0.0.0.0:20010/UDP'], ['10.1.0.1:1010'])
    assert.deepEqual(found.served['default/media']?.['0.0.0.0:20011/UDP'], ['10.1.0.1:2001'])
    assert.deepEqual(found.messages, [
      'port-conflict: 0.0.0.0:20010/UDP is already allocated to another port of this Service; this port is not exposed',
    ])
  })

  it('share their ports by weight if both Services ask for it', () => {
    const [one, two] = [media('20000-20003', 'a'), media('20002-20005', 'b')].map((each) =>
      each.annotated({'shared-listener': 'media', weight: '0'}),
    )
    assert.ok(one && two)
    const {loadBalancer, diagnostics} = evaluate(aSnapshot([one, slice('a'), two, slice('b')]), options())
    assert.deepEqual([loadBalancer.services.length, loadBalancer.shared.length], [0, 0])
    assert.deepEqual(
      diagnostics.map(({object, message}) => `${object.name}: ${message}`),
      ['a', 'b'].map(
        (name, index) =>
          `${name}: all Services that share 0.0.0.0:${['20000-20003', '20002-20005'][index]}/UDP have weight 0; NGINX rejects this traffic`,
      ),
    )
  })
})

describe('the state of the host', () => {
  const parts = [media('20000-20004'), slice()]

  it('leaves out the ports that are in use, in one diagnostic for each reason', () => {
    const held = (port: number, code: 'forbidden' | 'in-use') => [`0.0.0.0:${port}/UDP`, {code}] as const
    const host = without(
      Object.fromEntries([held(20_000, 'forbidden'), held(20_001, 'in-use'), held(20_003, 'in-use')]),
    )
    const found = result(parts, {host})
    assert.deepEqual(listenersOf(found), ['0.0.0.0:20002/UDP', '0.0.0.0:20004/UDP'])
    assert.deepEqual(found.messages, [
      'port-held: NGINX cannot listen on 0.0.0.0:20000/UDP: permission denied; this port is not exposed',
      'port-held: NGINX cannot listen on 0.0.0.0:20001,20003/UDP: the port is in use; these ports are not exposed',
    ])
  })

  it('removes servers that are listeners of lbex', () => {
    const loop = aSlice('media').port('rtp', 20_002, 'UDP').endpoints(anEndpoint('10.0.0.9'))
    const host = {addresses: new Set(['10.0.0.9'])}
    assert.deepEqual(result([media('20000-20003'), loop], {host}), {
      served: {
        'default/media': {'0.0.0.0:20002/UDP': ['10.0.0.9:20004'], '0.0.0.0:20003/UDP': ['10.0.0.9:20005']},
      },
      messages: [
        'no-backend: listen port 20000-20001/UDP is closed: every endpoint is a listener of this lbex',
        'endpoint-is-listener: endpoints 10.0.0.9:20002, 10.0.0.9:20003 are skipped: lbex itself listens there, so connections would loop',
      ],
    })
  })

  it('has probes of the first port only, which decide for all ports', () => {
    const service = media('20000-20002').with({ports: TCP}).annotated({'health-check': 'tcp'})
    const pods = aSlice('media').port('rtp', 80).endpoints(anEndpoint('10.1.0.1'), anEndpoint('10.1.0.2'))
    const {loadBalancer} = evaluate(aSnapshot([service, pods]), options())
    const probes = [...wantedProbes(loadBalancer).values()]
    assert.deepEqual(
      probes.map(({target: {address, port}}) => `${address}:${port}`),
      ['10.1.0.1:80', '10.1.0.2:80'],
    )
    const failed = {reason: 'connection refused', since: 0, flapping: false}
    const failedChecks: HostState['failedChecks'] = new Map([[probes[0]?.target.id ?? '', failed]])
    const {served, messages} = result([service, pods], {host: {failedChecks}})
    assert.deepEqual(served['default/media']?.['0.0.0.0:20002/TCP'], ['10.1.0.1:82 down', '10.1.0.2:82'])
    assert.deepEqual(messages.length, 1)
    assert.match(messages[0] ?? '', /^server-unhealthy: .*10\.1\.0\.1:80 \(connection refused, /)
  })
})

describe('the configuration of a range', () => {
  it('counts the connections of all its ports together', () => {
    const service = media('20000-20002').annotated({connections: '5', 'connections-per-client': '2'})
    const {files} = render(evaluate(aSnapshot([service, slice()]), options()).loadBalancer, options())
    const text = files.find(({path}) => path.startsWith('services/'))?.text ?? ''
    assert.equal(text.match(/^limit_conn_zone /gm)?.length, 2)
    assert.equal(text.match(/^ +limit_conn /gm)?.length, 6)
    assert.equal(text.match(/^ +listen /gm)?.length, 3)
  })
})

describe('a Service that asks for a million listen ports', () => {
  it('costs as much as one at the limit', () => {
    const names = Array.from({length: 1000}, (_, index) => `p${index}`)
    const service = aService('media')
      .with({ports: names.map((name, index) => ({name, protocol: 'TCP', port: index + 1}))})
      .annotated({
        'upstream-type': 'pod',
        ...Object.fromEntries(names.map((name) => [`loadbalancer-port.lbex/${name}`, '1-1000'])),
      })
      .build()
    const {intent} = readIntent(service, DEFAULT_INTENT_OPTIONS)
    const ports = intent?.ports ?? []
    assert.deepEqual([ports.length, countListenPorts(ports)], [1000, 1_000_000])
    assert.deepEqual(
      firstListenPorts(ports, 1001)
        .map(({index, listenPort}) => `${index} ${listenPort}`)
        .slice(-2),
      ['0 1000', '1 1'],
    )
    const {messages} = result([service, slice()], {maxListenersPerService: 1000})
    assert.equal(
      messages[0],
      'listeners-over-limit: only the first 1000 of 1000000 ports are exposed: the limit is 1000 listeners per Service',
    )
  })
})

describe('many Services with ranges', () => {
  it('have one diagnostic for each pair of Services that overlap, whatever the number of ports', () => {
    const services = Array.from({length: 40}, (_, index) => {
      const first = 20_000 + index * 50
      return media(`${first}-${first + 99}`, `s-${String(index).padStart(2, '0')}`)
    })
    const {loadBalancer, diagnostics} = evaluate(
      aSnapshot([...services, ...services.map((_, index) => slice(`s-${String(index).padStart(2, '0')}`))]),
      options(),
    )
    const listeners = loadBalancer.services.flatMap((each) => each.listeners)
    assert.equal(new Set(listeners.map(({key}) => key.port)).size, listeners.length)
    assert.equal(listeners.length, 39 * 50 + 100)
    assert.equal(diagnostics.length, 39)
  })
})
