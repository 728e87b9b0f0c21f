import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {aService, listenerSettings} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'

type Builder = ReturnType<typeof aService>

const read = (service: Builder) => readIntent(service.build(), DEFAULT_INTENT_OPTIONS)
const said = (service: Builder): string[] => codes(read(service).diagnostics)
const web = aService().port('http', 80, {listen: 8080})

describe('readIntent', () => {
  it('uses defaults for what is not set', () => {
    const service = web.build()
    assert.deepEqual(readIntent(service, DEFAULT_INTENT_OPTIONS), {
      intent: {
        service,
        ports: [
          {
            port: service.ports[0],
            index: 0,
            listenPort: 8080,
            field: ['metadata', 'annotations', 'loadbalancer-port.lbex/http'],
            listenerSettings: listenerSettings(),
            upstreamSettings: {balancing: {algorithm: 'round_robin'}},
            closed: false,
          },
        ],
        addresses: 'all',
        pool: 'none',
        upstreamType: 'node',
        nodeSet: 'host',
        nodeAddressType: 'internal',
        closed: false,
      },
      diagnostics: [],
    })
  })

  it('reads every annotation', () => {
    const {intent, diagnostics} = read(
      web.with({externalTrafficPolicy: 'Local'}).annotated({
        'upstream-type': 'node',
        'node-set': 'all',
        'node-address-type': 'external',
        algorithm: 'least_time',
        method: 'first_byte inflight',
        resolver: 'fd00::0053',
        passthrough: 'T',
        'service-pool': '',
        'listen-address': 'public',
      }),
    )
    const {service: _, ports: [port] = [], ...rest} = intent ?? {}
    assert.deepEqual(rest, {
      addresses: {
        field: ['metadata', 'annotations', 'loadbalancer.lbex/listen-address'],
        entries: ['public'],
      },
      upstreamType: 'node',
      nodeSet: 'all',
      nodeAddressType: 'external',
      pool: 'none',
      closed: false,
    })
    assert.deepEqual(
      [port?.listenerSettings, port?.upstreamSettings],
      [
        listenerSettings({transparent: true, resolver: 'fd00::53'}),
        {balancing: {algorithm: 'least_time', method: 'first_byte inflight'}},
      ],
    )
    assert.deepEqual(codes(diagnostics), ['node-set-overruled', 'passthrough-needs'])
  })

  it('returns no intent for a Service that lbex does not serve', () => {
    assert.deepEqual(read(web.notOurs().with({annotations: {}})), {diagnostics: []})
  })

  it('reports an unknown annotation, with the most similar one', () => {
    const {diagnostics} = read(web.annotated({algoritm: 'x', 'loadbalancer.lbx/method': 'x', 'a.b/c': 'x'}))
    assert.deepEqual(
      diagnostics.map(({code, message, hint}) => [code, message, hint]),
      [
        [
          'annotation-unknown',
          'unknown annotation loadbalancer.lbex/algoritm',
          'did you mean loadbalancer.lbex/algorithm?',
        ],
        [
          'annotation-unknown',
          'unknown annotation loadbalancer.lbx/method',
          'did you mean loadbalancer.lbex/method?',
        ],
      ],
    )
  })

  it('closes a Service with a misspelt restriction that is not set otherwise', () => {
    const outcome = (service: typeof web) => {
      const {intent, diagnostics} = read(service)
      return [intent?.closed, ...diagnostics.map(({code}) => code)]
    }
    for (const key of [
      'source-range',
      'sourceRanges',
      'source_ranges',
      'Source-Ranges',
      'source-ranges.http',
    ])
      assert.deepEqual(outcome(web.annotated({[key]: '10.0.0.0/8'})), [true, 'source-ranges-misspelt'])
    const elsewhere = web.annotated({'loadbalancer.lbx/source-ranges': '10.0.0.0/8'})
    assert.deepEqual(outcome(elsewhere), [true, 'source-ranges-misspelt'])
    for (const key of ['proxy-protcol', 'accept-proxy-protocl', 'accept-proxy-protocols.http'])
      assert.deepEqual(outcome(web.annotated({[key]: 'x'})), [true, 'guard-misspelt'])
    assert.deepEqual(outcome(web.annotated({'proxy-protocol.htpp': 'v1'})), [true, 'guard-port-unknown'])
    const set = web.annotated({'proxy-protcol': 'v2', 'proxy-protocol': 'v1'})
    assert.deepEqual(outcome(set), [false, 'annotation-unknown'])
    const both = web.annotated({'source-ranges': '10.0.0.0/8', 'source-range': '192.0.2.0/24'})
    assert.deepEqual(outcome(both), [false, 'annotation-unknown'])
    const wide = web.annotated({'source-ranges': '0.0.0.0/0', 'source-ranges.http': '10.0.0.0/8'})
    assert.deepEqual(outcome(wide), [true, 'source-ranges-misspelt'])
  })

  it('exposes no port of a Service whose listen address is misspelt', () => {
    const outcome = (service: typeof web) => {
      const {intent, diagnostics} = read(service)
      return [intent?.closed, ...diagnostics.map(({code}) => code)]
    }
    for (const key of [
      'listen-adress',
      'listen-addresses',
      'listenAddress',
      'loadbalancer.lbx/listen-address',
    ])
      assert.deepEqual(outcome(web.annotated({[key]: 'public'})), [true, 'guard-misspelt'])
    const correct = outcome(web.annotated({'listen-address': 'public', 'listen-adress': 'x'}))
    assert.deepEqual(correct, [false, 'annotation-unknown'])
  })

  it('compares domain and name separately', () => {
    const guess = (key: string) => read(web.annotated({[key]: 'x'})).diagnostics[0]?.hint
    assert.equal(guess('loadbalancer.lbex/colour'), undefined)
    assert.equal(guess('loadbalancer.lebx/node_set'), 'did you mean loadbalancer.lbex/node-set?')
    assert.equal(guess('loadbalancer-port.lbx/http'), 'did you mean loadbalancer-port.lbex/http?')
    assert.equal(guess('loadbalancer-prot.lbex/http'), 'did you mean loadbalancer-port.lbex/http?')
    assert.equal(guess('loadbalancer.lbex/algoritm.http'), 'did you mean loadbalancer.lbex/algorithm.http?')
    assert.equal(guess('loadbalancer.lbex/node-sett.http'), undefined)
    assert.equal(guess('x.lbex/port'), undefined)
    assert.equal(guess('loadbalancer.lbex'), undefined)
  })

  it('continues after an invalid value, so that all problems are reported at once', () => {
    const bad = web.annotated({
      'upstream-type': 'x',
      'node-set': 'x',
      'node-address-type': 'x',
      algorithm: 'x',
      passthrough: 'x',
      resolver: 'x',
    })
    assert.deepEqual(said(bad), [
      'boolean-invalid',
      'resolver-invalid',
      'value-unknown',
      'value-unknown',
      'value-unknown',
      'value-unknown',
    ])
    const {service: _, ports: __, ...rest} = read(bad).intent ?? {}
    const {service: ___, ports: ____, ...defaults} = read(web).intent ?? {}
    assert.deepEqual(rest, defaults)
  })
})

describe('settings without effect', () => {
  it('a method without least_time', () => {
    assert.deepEqual(said(web.annotated({method: 'connect'})), ['method-unused'])
    assert.deepEqual(said(web.annotated({method: 'connect', algorithm: 'least_time'})), [])
  })

  it('node options without node upstreams', () => {
    const options = {'node-set': 'all', 'node-address-type': 'external'}
    assert.deepEqual(said(web.annotated({...options, 'upstream-type': 'pod'})), [
      'node-option-unused',
      'node-option-unused',
    ])
    assert.deepEqual(said(web.annotated(options)), [])
  })

  it('an algorithm together with sessionAffinity, and the affinity behind kube-proxy', () => {
    const sticky = web.with({sessionAffinity: 'ClientIP'})
    assert.deepEqual(read(sticky).intent?.ports[0]?.upstreamSettings, {balancing: {algorithm: 'client_ip'}})
    assert.deepEqual(said(sticky.annotated({'upstream-type': 'pod'})), [])
    assert.deepEqual(said(sticky), ['affinity-behind-proxy'])
    assert.deepEqual(said(sticky.annotated({'upstream-type': 'cluster-ip'})), ['affinity-behind-proxy'])
    assert.deepEqual(said(sticky.annotated({'upstream-type': 'pod', algorithm: 'least_conn'})), [
      'affinity-wins',
    ])
    assert.deepEqual(said(web.with({sessionAffinity: 'None'})), [])
  })

  it('passthrough with node upstreams, unless the traffic policy is Local', () => {
    const transparent = web.annotated({passthrough: 'true'})
    const masqueraded = ['passthrough-masqueraded', 'passthrough-needs']
    assert.deepEqual(said(transparent), masqueraded)
    assert.deepEqual(said(transparent.with({externalTrafficPolicy: 'Cluster'})), masqueraded)
    assert.deepEqual(said(transparent.with({externalTrafficPolicy: 'Local'})), ['passthrough-needs'])
    assert.deepEqual(said(transparent.annotated({'upstream-type': 'pod'})), ['passthrough-needs'])
  })

  it('node-set all with a traffic policy that skips nodes anyway', () => {
    const local = web.with({externalTrafficPolicy: 'Local'})
    assert.deepEqual(said(local.annotated({'node-set': 'all'})), ['node-set-overruled'])
    assert.deepEqual(said(local.annotated({'node-set': 'host'})), [])
    assert.deepEqual(said(web.annotated({'node-set': 'all'})), [])
  })
})
