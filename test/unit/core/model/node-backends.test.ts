import assert from 'node:assert/strict'
import {evaluate} from '../../../support/translate.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../../src/core/model/options.js'
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

const web = aService('web').port('http', 80, {listen: 8080})
const everywhere = web.annotated({'node-set': 'all'})
const local = web.with({externalTrafficPolicy: 'Local'})
const slice = aSlice('web').port('http', 8080)
const [a, b, c] = [
  aNode('a').internal('10.0.0.1'),
  aNode('b').internal('10.0.0.2'),
  aNode('c').internal('10.0.0.3'),
]
const on = (...nodes: string[]) => nodes.map((node, index) => anEndpoint(`10.1.0.${index + 1}`).on(node))
const off = (...nodes: string[]) => on(...nodes).map((endpoint) => endpoint.notReady())
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** The servers of the only listener, and the diagnostics. */
function servers(parts: Parts, overrides: Partial<ModelOptions> = {}, coverage?: Coverage): string[] {
  const {served, messages} = outcome(
    aSnapshot(parts, coverage),
    options({...DEFAULT_MODEL_OPTIONS, ...overrides}),
  )
  return [...(served['default/web']?.['0.0.0.0:8080/TCP'] ?? []), ...messages]
}

describe('node upstreams', () => {
  it('have servers at node address and node port', () => {
    assert.deepEqual(servers([web, slice.endpoints(...on('a')), a]), ['10.0.0.1:30080'])
  })

  it('have one server for each node, never one for each Pod', () => {
    assert.deepEqual(servers([web, slice.endpoints(...on('a', 'a', 'b', 'a')), a, b]), [
      '10.0.0.1:30080',
      '10.0.0.2:30080',
    ])
  })

  it('are separate for two ports with the same targetPort, which have different node ports', () => {
    const two = web.port('metrics', 81, {listen: 8081})
    const slices = slice.port('metrics', 8080).endpoints(...on('a'))
    assert.deepEqual(outcome(aSnapshot([two, slices, a]), options()), {
      served: {
        'default/web': {'0.0.0.0:8080/TCP': ['10.0.0.1:30080'], '0.0.0.0:8081/TCP': ['10.0.0.1:30081']},
      },
      messages: [],
    })
  })
})

describe('node-set host', () => {
  it('uses nodes that run a ready endpoint', () => {
    assert.deepEqual(servers([web, slice.endpoints(...on('a'), ...off('b')), a, b, c]), ['10.0.0.1:30080'])
  })

  it('uses nodes that run a ready endpoint of the port', () => {
    const two = web.port('admin', 81, {listen: 8081})
    const admin = aSlice('web')
      .named('web-2')
      .port('admin', 9090)
      .endpoints(...on('b'))
    assert.deepEqual(outcome(aSnapshot([two, slice.endpoints(...on('a')), admin, a, b]), options()).served, {
      'default/web': {'0.0.0.0:8080/TCP': ['10.0.0.1:30080'], '0.0.0.0:8081/TCP': ['10.0.0.2:30081']},
    })
  })

  it('uses terminating endpoints that still serve if no endpoint is ready', () => {
    const draining = on('a').map((endpoint) => endpoint.draining())
    assert.deepEqual(servers([web, slice.endpoints(...draining, ...off('b')), a, b]), ['10.0.0.1:30080'])
    assert.deepEqual(servers([web, slice.endpoints(...draining, anEndpoint('10.1.0.9').on('b')), a, b]), [
      '10.0.0.2:30080',
    ])
  })

  it('lists nodes whose endpoints are all not ready', () => {
    const unready = ['c', 'b', 'a'].map((node) =>
      anEndpoint(`10.2.0.${node.charCodeAt(0)}`)
        .on(node)
        .notReady(),
    )
    const snapshot = aSnapshot([web, slice.endpoints(...on('a'), ...unready), a, b, c])
    const {loadBalancer} = evaluate(snapshot, options())
    assert.deepEqual(loadBalancer.services[0]?.upstreams[0]?.absent, [
      {what: 'node b', why: 'no ready endpoint'},
      {what: 'node c', why: 'no ready endpoint'},
    ])
  })

  it('skips and reports an endpoint without nodeName', () => {
    assert.deepEqual(servers([web, slice.endpoints(anEndpoint('10.1.0.9'), ...on('a')), a]), [
      '10.0.0.1:30080',
      'endpoint-without-node: endpoint 10.1.0.9 has no nodeName and is skipped',
    ])
    assert.deepEqual(servers([web, slice.endpoints(anEndpoint('10.1.0.9')), a]), [
      'no-backend: listen port 8080/TCP is closed: none of its endpoints runs on a known node',
      'endpoint-without-node: endpoint 10.1.0.9 has no nodeName and is skipped',
    ])
  })

  it('skips and reports a node that does not exist', () => {
    assert.deepEqual(servers([web, slice.endpoints(...on('gone', 'a', '__proto__')), a]), [
      '10.0.0.1:30080',
      'node-unknown: nodes __proto__, gone do not exist and are skipped, although endpoints refer to them',
    ])
  })
})

describe('node-set all', () => {
  it('uses every eligible node, with or without endpoints', () => {
    assert.deepEqual(servers([everywhere, a, b]), ['10.0.0.1:30080', '10.0.0.2:30080'])
    assert.deepEqual(servers([everywhere, slice.endpoints(anEndpoint('10.1.0.9')), a]), ['10.0.0.1:30080'])
    assert.deepEqual(servers([everywhere]), [
      'no-backend: listen port 8080/TCP is closed: the cluster has no nodes',
    ])
  })
})

describe('externalTrafficPolicy Local', () => {
  it('weights a node by the number of its ready endpoints', () => {
    assert.deepEqual(servers([local, slice.endpoints(...on('a', 'a', 'b'), ...off('b')), a, b]), [
      '10.0.0.1:30080 weight=2',
      '10.0.0.2:30080',
    ])
    assert.deepEqual(servers([local, slice.endpoints(...on('a', 'a', 'b', 'b')), a, b]), [
      '10.0.0.1:30080',
      '10.0.0.2:30080',
    ])
  })

  it('skips nodes without a ready endpoint, whatever node-set says', () => {
    assert.deepEqual(servers([local.annotated({'node-set': 'all'}), slice.endpoints(...on('a')), a, b]), [
      '10.0.0.1:30080',
      'node-set-overruled: node-set: all has no effect with externalTrafficPolicy: Local',
    ])
  })
})

describe('node-address-type', () => {
  const external = web.annotated({'node-address-type': 'external'})

  it('chooses between InternalIP and ExternalIP', () => {
    const both = a.external('203.0.113.1')
    assert.deepEqual(servers([web, slice.endpoints(...on('a')), both]), ['10.0.0.1:30080'])
    assert.deepEqual(servers([external, slice.endpoints(...on('a')), both]), ['203.0.113.1:30080'])
  })

  it('skips and reports a node without such an address', () => {
    assert.deepEqual(servers([external, slice.endpoints(...on('a', 'b')), a.external('203.0.113.1'), b]), [
      '203.0.113.1:30080',
      'node-address-missing: node b has no ExternalIP and is skipped',
    ])
    assert.deepEqual(servers([external, slice.endpoints(...on('a')), a]), [
      'no-backend: listen port 8080/TCP is closed: no node can be used (no ExternalIP)',
    ])
  })

  it('skips an address that other hosts cannot reach, and reports it if the node has no other', () => {
    const endpoints = slice.endpoints(...on('a', 'b'))
    const local = aNode('b').internal('169.254.1.1').internal('fe80::1')
    assert.deepEqual(servers([web, endpoints, a, local.internal('10.0.0.2')]), [
      '10.0.0.1:30080',
      '10.0.0.2:30080',
    ])
    assert.deepEqual(servers([web, endpoints, a, local]), [
      '10.0.0.1:30080',
      'address-refused: node b (169.254.1.1) is skipped: a link-local address is not routable',
    ])
    assert.deepEqual(servers([web, endpoints, aNode('a').internal('127.0.0.1')]), [
      'no-backend: listen port 8080/TCP is closed: no node can be used (InternalIP: a loopback address refers to the host itself)',
      'node-unknown: node b does not exist and is skipped, although endpoints refer to it',
    ])
  })

  it('reports which address is used if a node has several of one family', () => {
    const several = [a.internal('10.8.0.1'), b.internal('10.8.0.2')]
    assert.deepEqual(servers([web, slice.endpoints(...on('a', 'b')), ...several]), [
      '10.0.0.1:30080',
      '10.0.0.2:30080',
      'node-address-chosen: nodes a (10.0.0.1), b (10.0.0.2) have more than one usable InternalIP; lbex uses the first one',
    ])
    const pods = web.annotated({'upstream-type': 'pod'})
    assert.deepEqual(servers([pods, slice.endpoints(...on('a')), ...several]), ['10.1.0.1:8080'])
  })
})

describe('an eligible node', () => {
  const all = slice.endpoints(...on('a', 'b'))

  it('is Ready, and gets traffic again as soon as it is Ready again', () => {
    assert.deepEqual(servers([web, all, a, b.notReady()]), ['10.0.0.1:30080'])
    assert.deepEqual(servers([everywhere, a, b.lost()]), ['10.0.0.1:30080'])
    assert.deepEqual(servers([web, all, a, b]), ['10.0.0.1:30080', '10.0.0.2:30080'])
  })

  it('may be cordoned, and uncordoned again', () => {
    const expected = ['10.0.0.1:30080', '10.0.0.2:30080']
    for (const node of [b.tainted('node.kubernetes.io/unschedulable'), b]) {
      assert.deepEqual(servers([web, all, a, node]), expected)
      assert.deepEqual(servers([everywhere, a, node]), expected)
    }
  })

  it('is not being deleted, and the autoscaler is not about to delete it', () => {
    assert.deepEqual(servers([web, all, a, b.with({deletionTimestamp: '2026-01-01T00:00:00Z'})]), [
      '10.0.0.1:30080',
    ])
    assert.deepEqual(servers([web, all, a, b.tainted('ToBeDeletedByClusterAutoscaler')]), ['10.0.0.1:30080'])
  })

  it('has no exclusion label, unless the operator includes such nodes; the hint says how', () => {
    assert.deepEqual(servers([web, all, a, b.labelled(EXCLUDED)]), ['10.0.0.1:30080'])
    const single = [web, slice.endpoints(...on('a')), a.labelled(EXCLUDED)]
    assert.deepEqual(servers(single), [
      `no-backend: listen port 8080/TCP is closed: no node can be used (label ${EXCLUDED})`,
    ])
    assert.deepEqual(servers(single, {includeExcludedNodes: true}), ['10.0.0.1:30080'])
  })

  it('is listed in the model with the reason if it is skipped', () => {
    const doomed = b.labelled(EXCLUDED).tainted('ToBeDeletedByClusterAutoscaler')
    const {loadBalancer, diagnostics} = evaluate(
      aSnapshot([everywhere, a, doomed, aNode('c'), aNode('d').notReady()]),
      options(),
    )
    assert.deepEqual(loadBalancer.services[0]?.upstreams[0]?.absent, [
      {what: 'node b', why: 'taint ToBeDeletedByClusterAutoscaler'},
      {what: 'node c', why: 'no InternalIP'},
      {what: 'node d', why: 'not Ready'},
    ])
    assert.deepEqual(
      diagnostics.map(({message}) => message),
      ['node c has no InternalIP and is skipped'],
    )
  })

  it('is missing: the hint says how to get one', () => {
    const hint = (node: typeof a, service = everywhere) =>
      evaluate(aSnapshot([service, node]), options()).diagnostics[0]?.hint
    assert.equal(
      hint(a.labelled(EXCLUDED)),
      'remove the label from the node, or run lbex with --include-excluded-nodes',
    )
    assert.equal(hint(aNode('x').notReady()), 'find out why the nodes are not Ready: kubectl describe nodes')
    assert.equal(
      hint(aNode('x')),
      'kubectl get nodes -o wide shows their addresses; loadbalancer.lbex/node-address-type selects one',
    )
    const six = everywhere.with({ipFamilies: ['IPv6']})
    assert.equal(hint(a, six), 'give the nodes IPv6 addresses, or remove IPv6 from spec.ipFamilies')
  })
})

describe('fail open', () => {
  const ONE_LOST = 'nodes-lost: the only node behind this port is NotReady; lbex keeps sending traffic to it'
  const lost = (count: number) =>
    `nodes-lost: all ${count} nodes behind this port are NotReady; lbex keeps sending traffic to them`

  it('keeps nodes and endpoints if all of them are NotReady at once', () => {
    const parts = [slice.endpoints(...off('a', 'b')), a.lost(), b.notReady()]
    assert.deepEqual(servers([web, ...parts]), ['10.0.0.1:30080', '10.0.0.2:30080', lost(2)])
    assert.deepEqual(servers([everywhere, ...parts, c.lost()]), [
      '10.0.0.1:30080',
      '10.0.0.2:30080',
      '10.0.0.3:30080',
      lost(3),
    ])
  })

  it('keeps them also before the control plane has marked the endpoints', () => {
    assert.deepEqual(servers([web, slice.endpoints(...on('a')), a.lost()]), ['10.0.0.1:30080', ONE_LOST])
  })

  it('keeps the weights that the nodes had', () => {
    assert.deepEqual(servers([local, slice.endpoints(...off('a', 'a', 'b')), a.lost(), b.lost()]), [
      '10.0.0.1:30080 weight=2',
      '10.0.0.2:30080',
      lost(2),
    ])
  })

  it('does not count nodes that get no traffic anyway, such as the control plane itself', () => {
    const parts = [
      slice.endpoints(...off('a'), anEndpoint('10.1.0.9').on('b')),
      a.lost(),
      b.labelled(EXCLUDED),
    ]
    assert.deepEqual(servers([web, ...parts]), ['10.0.0.1:30080', ONE_LOST])
    assert.deepEqual(servers([everywhere, ...parts]), ['10.0.0.1:30080', ONE_LOST])
  })

  it('does not count a node that no longer exists', () => {
    assert.deepEqual(servers([web, slice.endpoints(...off('a', 'gone')), a.lost()]), [
      '10.0.0.1:30080',
      ONE_LOST,
    ])
  })

  it('does not apply if a node is Ready: then the others are really down', () => {
    assert.deepEqual(servers([web, slice.endpoints(...off('a', 'b')), a.lost(), b]), [
      'no-backend: listen port 8080/TCP is closed: none of its 2 endpoints is ready',
    ])
    assert.deepEqual(servers([everywhere, a.lost(), b]), ['10.0.0.2:30080'])
  })

  it('does not apply if there would be no server anyway', () => {
    const gone = a.lost().labelled(EXCLUDED)
    assert.deepEqual(servers([web, slice.endpoints(...off('a')), gone]), [
      'no-backend: listen port 8080/TCP is closed: its only endpoint is not ready',
    ])
    assert.deepEqual(servers([everywhere, aNode('x').lost()]), [
      'no-backend: listen port 8080/TCP is closed: no node can be used (not Ready)',
    ])
    assert.deepEqual(servers([web, slice, a.lost()]), [
      'no-backend: listen port 8080/TCP is closed: the Service has no endpoints',
    ])
  })
})

describe('a node port', () => {
  const parts = [slice.endpoints(...on('a')), a]
  const without = (type: string) => web.with({type, ports: [{name: 'http', protocol: 'TCP', port: 80}]})
  const said = (why: string) => [
    `node-port-missing: node upstreams need a node port, but ${why}; this port is not exposed`,
  ]

  it('is required: a port without one is reported', () => {
    assert.deepEqual(
      servers([without('ClusterIP'), ...parts]),
      said('a Service of type ClusterIP does not have one'),
    )
    assert.deepEqual(servers([without('NodePort'), ...parts]), said('the Service does not have one'))
    const unallocated = without('LoadBalancer').with({
      allocateLoadBalancerNodePorts: false,
      loadBalancerClass: 'loadbalancer-lbex',
    })
    assert.deepEqual(servers([unallocated, ...parts]), said('spec.allocateLoadBalancerNodePorts is false'))
    const toPods = aSnapshot([unallocated, ...parts])
    assert.deepEqual(outcome(toPods, options({defaultUpstreamType: 'pod'})), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['10.1.0.1:8080']}},
      messages: [],
    })
  })

  it('is reported once for a Service of two families, and its other ports are exposed', () => {
    const dual = web
      .with({ipFamilies: ['IPv4', 'IPv6'], ports: [{name: 'http', protocol: 'TCP', port: 80}]})
      .port('admin', 81, {listen: 8081})
    const slices = slice.port('admin', 9090).endpoints(...on('a'))
    const {served, messages} = outcome(aSnapshot([dual, slices, a]), options())
    assert.deepEqual(served, {'default/web': {'0.0.0.0:8081/TCP': ['10.0.0.1:30081']}})
    assert.deepEqual(messages, [
      'no-backend: listen port 8081/TCP for IPv6 is closed: the Service has no IPv6 endpoints',
      ...said('the Service does not have one'),
    ])
  })
})

describe('node upstreams in a zone', () => {
  const inEast = {zone: 'east'}
  const [east, west] = [
    anEndpoint('10.1.0.1').on('a').forZones('east'),
    anEndpoint('10.1.0.2').on('b').forZones('west'),
  ]
  const both = slice.endpoints(east, west)

  it('prefer the nodes that run endpoints for the zone, and list the others as skipped', () => {
    for (const service of [web, local]) {
      assert.deepEqual(servers([service, both, a, b], inEast), ['10.0.0.1:30080'])
      assert.deepEqual(servers([service, both, a, b]), ['10.0.0.1:30080', '10.0.0.2:30080'])
    }
    const idle = slice.endpoints(east, west, anEndpoint('10.1.0.3').on('c').notReady())
    const {loadBalancer} = evaluate(aSnapshot([web, idle, a, b, c]), options(inEast))
    assert.deepEqual(loadBalancer.services[0]?.upstreams[0]?.absent, [
      {what: 'node b', why: 'for other zones'},
      {what: 'node c', why: 'no ready endpoint'},
    ])
  })

  it('are the other nodes if no node of the zone can be used', () => {
    const unusable = [a.notReady(), aNode('a'), a.labelled(EXCLUDED)]
    for (const node of unusable)
      assert.deepEqual(servers([web, both, node, b], inEast)[0], '10.0.0.2:30080', JSON.stringify(node))
  })

  it('are all nodes with node-set all: the node chooses the endpoint', () => {
    assert.deepEqual(servers([everywhere, both, a, b], inEast), ['10.0.0.1:30080', '10.0.0.2:30080'])
  })
})

describe('partial knowledge', () => {
  const bare = web.bare()

  it('uses a placeholder that is down for what is known only in a cluster, without an error', () => {
    assert.deepEqual(servers([bare], {}, NOTHING_KNOWN), ['192.0.2.1:80 down'])
    assert.deepEqual(servers([web], {}, NOTHING_KNOWN), ['192.0.2.1:30080 down'])
    assert.deepEqual(servers([web, a], {}, {...NOTHING_KNOWN, nodes: true}), ['192.0.2.1:30080 down'])
    assert.deepEqual(servers([everywhere, a], {}, {...NOTHING_KNOWN, nodes: true}), ['10.0.0.1:30080'])
    assert.deepEqual(servers([web, slice.endpoints(...on('a')), a], {}, {...NOTHING_KNOWN, nodes: true}), [
      '10.0.0.1:30080',
    ])
  })

  it('closes the port if lbex has no permission to read Nodes', () => {
    const forbidden = {...COMPLETE, nodes: 'forbidden'} as const
    for (const service of [web, everywhere, bare]) {
      assert.deepEqual(servers([service, slice.endpoints(...on('a'))], {}, forbidden), [
        service === bare
          ? 'node-port-missing: node upstreams need a node port, but the Service does not have one; this port is not exposed'
          : 'no-backend: listen port 8080/TCP is closed: the API server does not allow lbex to read Nodes',
      ])
    }
  })

  it('still reports what no cluster can add', () => {
    assert.deepEqual(servers([bare.with({type: 'ClusterIP'})], {}, NOTHING_KNOWN), [
      'node-port-missing: node upstreams need a node port, but a Service of type ClusterIP does not have one; this port is not exposed',
    ])
  })
})
