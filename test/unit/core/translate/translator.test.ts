import assert from 'node:assert/strict'
import {UNKNOWN_HOST_STATE, type HostState} from '../../../../src/core/model/host-state.js'
import {createTranslator, type TranslatorOptions} from '../../../../src/core/translate/translator.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {poolsOf} from '../../../support/address-pools.js'
import {DEFAULT_MODEL_OPTIONS} from '../../../../src/core/model/options.js'
import {parseRange, type AddressRange} from '../../../../src/core/cluster/address-range.js'
import type {ClusterSnapshot} from '../../../../src/core/cluster/snapshot.js'
import {
  anEndpoint,
  aNode,
  aService,
  aSlice,
  aSnapshot,
  NOTHING_KNOWN,
  options,
} from '../../../support/builders.js'
import {codes, outcome, outline} from '../../../support/outline.js'
import {evaluate, without, type TestOptions} from '../../../support/translate.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const api = aService('api').port('http', 80, {listen: 8081}).annotated({'upstream-type': 'pod'})
const {capabilities: CAPABILITIES} = DEFAULT_MODEL_OPTIONS
const slice = (name: string) => aSlice(name).port('http', 80).endpoints(anEndpoint('10.1.0.1').on('a'))
const range = (text: string) => parseRange(text) as AddressRange
/** Returns the Services that one translator serves, call after call. */
const servedBy = () => {
  const {translate} = createTranslator(options())
  return (snapshot: ClusterSnapshot) => translate(snapshot, UNKNOWN_HOST_STATE).loadBalancer.services
}

describe('a translator', () => {
  it('returns Services sorted by namespace and name', () => {
    const [first, second] = [web.inNamespace('a-b'), api.inNamespace('a')]
    const slices = [slice('web').inNamespace('a-b'), slice('api').inNamespace('a')]
    assert.deepEqual(Object.keys(outcome(aSnapshot([first, second, ...slices]), options()).served), [
      'a/api',
      'a-b/web',
    ])
    const same = [
      web.inNamespace('x'),
      api.inNamespace('x'),
      slice('web').inNamespace('x'),
      slice('api').inNamespace('x'),
    ]
    assert.deepEqual(Object.keys(outcome(aSnapshot(same), options()).served), ['x/api', 'x/web'])
  })

  it('collects the diagnostics of all stages', () => {
    const loser = aService('loser')
      .created('2026-02-01T00:00:00Z')
      .port('http', 80, {listen: 8080})
      .annotated({algoritm: 'x', 'upstream-type': 'pod'})
    const host = without({'0.0.0.0:8081/TCP': {code: 'in-use'}})
    const {diagnostics} = evaluate(
      aSnapshot([web, api, loser, slice('web'), slice('api'), slice('loser')]),
      options({host}),
    )
    assert.deepEqual(codes(diagnostics), ['port-held', 'port-conflict', 'annotation-unknown'])
  })

  it('reports problems of a Service that the API server would reject, and does not serve it', () => {
    const refused = web.annotated({algorithm: 'x'}).with({refused: true})
    const {loadBalancer, diagnostics} = evaluate(aSnapshot([refused, slice('web')]), options())
    assert.deepEqual([loadBalancer.services, codes(diagnostics)], [[], ['value-unknown']])
  })

  it('does not allocate a listener to a rejected Service', () => {
    const young = api.listening({http: 8080}).created('2026-02-01T00:00:00Z')
    const snapshot = aSnapshot([web.with({refused: true}), young, slice('web'), slice('api')])
    assert.deepEqual(outcome(snapshot, options()), {
      served: {'default/api': {'0.0.0.0:8080/TCP': ['10.1.0.1:80']}},
      messages: [],
    })
  })
})

describe('a Service loses its listeners as soon as', () => {
  const changes = {
    'the annotation is removed': web.notOurs(),
    'the pool changes': web.annotated({'service-pool': 'theirs'}),
    'the type changes': web.with({type: 'ExternalName'}),
    'it is being deleted': web.with({deletionTimestamp: '2026-01-01T00:00:00Z'}),
  }
  for (const [what, changed] of Object.entries(changes)) {
    it(what, () => {
      const served = servedBy()
      assert.equal(served(aSnapshot([web, slice('web')])).length, 1)
      assert.deepEqual(served(aSnapshot([changed, slice('web')])), [])
      assert.equal(served(aSnapshot([web, slice('web')])).length, 1)
    })
  }

  it('it is deleted', () => {
    const served = servedBy()
    assert.equal(served(aSnapshot([web, slice('web')])).length, 1)
    assert.deepEqual(served(aSnapshot([slice('web')])), [])
  })

  it('its endpoints are gone', () => {
    const served = servedBy()
    assert.equal(served(aSnapshot([web, slice('web')])).length, 1)
    assert.deepEqual(served(aSnapshot([web])), [])
  })
})

describe('cached results', () => {
  const [w, a, sw, sa] = [web.build(), api.build(), slice('web').build(), slice('api').build()]

  it('are the same objects while nothing relevant for the Service changes', () => {
    const served = servedBy()
    const [first] = served(aSnapshot([w, a, sw, sa])).slice(1)
    const [second] = served(
      aSnapshot([w, a, sw, slice('api').endpoints(anEndpoint('10.1.0.9')).build()]),
    ).slice(1)
    assert.equal(second, first)
    const nodes = [aNode('a').internal('10.0.0.1').build()]
    assert.equal(served(aSnapshot([w, a, sw, sa, ...nodes]))[1], first)
    assert.equal(served(aSnapshot([sa, sw, a, w]))[1], first)
  })

  it('are the same objects if new endpoints result in the same servers', () => {
    const served = servedBy()
    const [before] = served(aSnapshot([w, sw]))
    assert.equal(served(aSnapshot([w, slice('web').build()]))[0], before)
    assert.notEqual(served(aSnapshot([w, slice('web').endpoints(anEndpoint('10.1.0.2'))]))[0], before)
  })

  it('are the same objects after an irrelevant change of nodes', () => {
    const served = servedBy()
    const node = aService('node').port('http', 80, {listen: 8080}).build()
    const slices = slice('node').build()
    const up = aNode('a').internal('10.0.0.1')
    const [before] = served(aSnapshot([node, slices, up]))
    assert.ok(before)
    assert.equal(served(aSnapshot([node, slices, up.labelled('zone', 'x')]))[0], before)
    assert.deepEqual(
      outline({services: served(aSnapshot([node, slices, up.internal('10.0.0.2')]))}),
      outline({services: [before]}),
    )
    assert.notEqual(served(aSnapshot([node, slices, aNode('a').internal('10.0.0.9')]))[0], before)
  })

  it('are replaced if the coverage of the snapshot changes', () => {
    const bare = web.bare().build()
    const {translate} = createTranslator(options())
    const codesFor = (coverage: typeof NOTHING_KNOWN) =>
      codes(translate(aSnapshot([bare], coverage), UNKNOWN_HOST_STATE).diagnostics)
    assert.deepEqual(codesFor(NOTHING_KNOWN), [])
    assert.deepEqual(codesFor({allocations: false, nodes: false, endpointSlices: true}), ['no-backend'])
    assert.deepEqual(codesFor({nodes: true, endpointSlices: false, allocations: false}), [])
  })
})

describe('the options of a translator', () => {
  const dual = web.with({ipFamilies: ['IPv4', 'IPv6']})
  const excluded = aNode('a')
    .internal('10.0.0.1')
    .labelled('node.kubernetes.io/exclude-from-external-load-balancers')
  const ALLOW = {allowLocalEndpoints: true}
  const AT_HOME = {host: {addresses: new Set(['10.1.0.1'])}}
  const ofClass = web.notOurs().with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})
  const variations: [service: typeof web, overrides: Partial<TestOptions>][] = [
    [web, {namespaces: ['other']}],
    [web, {excludedNamespaces: ['default']}],
    [web, {serviceName: 'other'}],
    [web.annotated({'service-pool': 'ours'}), {servicePool: 'ours'}],
    [web, {affinity: 'anti'}],
    [web.port('admin', 81), {requirePort: false}],
    [web, {listenAddresses: {IPv4: ['10.0.0.1'], IPv6: []}}],
    [web.annotated({'listen-address': 'public'}), {addressNames: {public: ['10.0.0.1']}}],
    [web, {reservedPorts: [{port: 8080, holder: '--reserved-port'}]}],
    [web.annotated({'upstream-type': 'node', 'node-set': 'all'}), {includeExcludedNodes: true}],
    [web.annotated({algorithm: 'least_time'}), {capabilities: {...CAPABILITIES, leastTime: true}}],
    [web.annotated({hosts: 'web.example'}), {capabilities: {...CAPABILITIES, serverNames: false}}],
    [web, {defaultSettings: {'loadbalancer.lbex/algorithm': 'least_conn'}}],
    [web.listening({http: 443}), {unprivileged: true}],
    [dual, {ipv6: false}],
    [dual, {maxListenersPerService: 1}],
    [web, {maxServersPerService: 1}],
    [aService('web').port('http', 80, {listen: 8080}), {defaultUpstreamType: 'pod'}],
    [web.with({trafficDistribution: 'PreferClose'}), {zone: 'east'}],
    [web.annotated({'source-ranges': '10.0.0.0/8,192.0.2.0/24'}), {maxSourceRangesPerService: 1}],
    [web, {className: 'other'}],
    [ofClass, {addressPools: poolsOf({default: ['192.0.2.0/30']})}],
    [web.notOurs().with({type: 'LoadBalancer'}), {defaultLoadBalancer: true}],
    [web, {deniedEndpoints: [range('10.1.0.0/16')]}],
    [web, {...AT_HOME, ownListeners: [{address: '0.0.0.0', port: 80, protocol: 'TCP'}]}],
    [web.annotated({'upstream-type': 'cluster-ip'}).with({clusterIPs: ['127.0.0.1']}), ALLOW],
  ]
  for (const [service, overrides] of variations) {
    it(`${Object.keys(overrides).join()} changes the result, and not that of another translator`, () => {
      const two = slice('web').endpoints(anEndpoint('10.1.0.2')).build()
      const snapshot = aSnapshot([service.build(), two, excluded.build()])
      const {translate} = createTranslator(options())
      const before = translate(snapshot, UNKNOWN_HOST_STATE)
      const after = evaluate(snapshot, options(overrides))
      assert.notDeepEqual(after, before)
      assert.deepEqual(after, evaluate(structuredClone(snapshot), options(overrides)))
      assert.deepEqual(translate(snapshot, UNKNOWN_HOST_STATE), before)
    })
  }

  it('all change the result', () => {
    const varied = variations.flatMap(([, overrides]) => Object.keys(overrides))
    const defaults = {...DEFAULT_INTENT_OPTIONS, ...DEFAULT_MODEL_OPTIONS}
    const all: Required<TranslatorOptions> = {...defaults, serviceName: '', zone: ''}
    const names = new Set(varied.filter((name) => name !== 'host'))
    assert.deepEqual([...names].sort(), Object.keys(all).sort())
  })
})

describe('the state of the host', () => {
  const snapshot = aSnapshot([web, api, slice('web'), slice('api')])
  const ownListeners: TranslatorOptions['ownListeners'] = [{address: '0.0.0.0', port: 80, protocol: 'TCP'}]
  const states: Record<string, Partial<HostState>> = {
    'a listener that cannot be had': without({'0.0.0.0:8080/TCP': {code: 'in-use'}}),
    'an address of an endpoint': {addresses: new Set(['10.1.0.1'])},
  }
  for (const [what, state] of Object.entries(states)) {
    it(`${what} counts as soon as it is there, and for as long as it is`, () => {
      const {translate} = createTranslator(options({ownListeners}))
      const fresh = (host: Partial<HostState>) => evaluate(snapshot, options({ownListeners, host}))
      const before = translate(snapshot, UNKNOWN_HOST_STATE)
      const during = translate(snapshot, {...UNKNOWN_HOST_STATE, ...state})
      assert.notDeepEqual(during, before)
      assert.deepEqual([before, during], [fresh({}), fresh(state)])
      assert.deepEqual(translate(snapshot, UNKNOWN_HOST_STATE), before)
    })
  }

  it('does not change the objects of other Services', () => {
    const {translate} = createTranslator(options())
    const [other] = translate(snapshot, UNKNOWN_HOST_STATE).loadBalancer.services
    const host = {...UNKNOWN_HOST_STATE, ...without({'0.0.0.0:8080/TCP': {code: 'in-use'}})}
    assert.deepEqual(translate(snapshot, host).loadBalancer.services, [other])
    assert.equal(translate(snapshot, host).loadBalancer.services[0], other)
  })
})
