import assert from 'node:assert/strict'
import type {Listener, Route} from '../../../../../src/core/model/load-balancer.js'
import {listenerView} from '../../../../../src/dataplane/nginx/config/listener-view.js'
import {aRoute, listenerSettings} from '../../../../support/builders.js'

const view = (...routes: readonly Route[]) => {
  const key: Listener['key'] = {address: '::', port: 443, protocol: 'TCP'}
  return listenerView({key, settings: listenerSettings(), routes}, []) as Record<string, unknown>
}
const to = (name: string, weight = 1): Pick<Route, 'upstreams'> => ({upstreams: [{name, weight}]})

const NOTHING_SET = {
  resolver: false,
  sourceRanges: false,
  trustedSenders: false,
  proxyProtocol: false,
  connectTimeout: false,
  idleTimeout: false,
  tries: false,
  uploadRate: false,
  downloadRate: false,
  udpRequests: false,
  udpResponses: false,
}

const ONLY_BLOCK = {
  suffix: '',
  names: [],
  is_default: false,
  is_repeated: false,
  rejects: false,
  has_verification: false,
}

describe('listenerView', () => {
  it('has one upstream for one route', () => {
    assert.deepEqual(view(aRoute({portName: 'https', ...to('u')})), {
      address: '[::]',
      port: 443,
      udp: false,
      settings: {...listenerSettings(), ...NOTHING_SET},
      remarks: ['Service port 80, https'],
      tls: false,
      backend_tls: false,
      splits: [],
      guards: [],
      limits: [],
      log: {port: 0, owner: false, format: false},
      block: ONLY_BLOCK,
      map: false,
      trust: false,
      target: {name: 'u', is_variable: false, is_none: false},
      live: false,
      has_blocks: false,
      has_options: false,
    })
  })

  it('has servers that change without a reload if it has one upstream', () => {
    const key: Listener['key'] = {address: '0.0.0.0', port: 443, protocol: 'TCP'}
    const isLive = (...routes: Route[]): unknown =>
      (listenerView({key, settings: listenerSettings(), routes}, [], {isLive: true}) as {live: boolean}).live
    assert.equal(isLive(aRoute(to('u'))), true)
    assert.equal(isLive(aRoute(to('u')), aRoute(to('v'))), false)
    assert.equal(isLive(aRoute({match: {type: 'sni', name: 'example.com'}, ...to('u')})), false)
  })

  it('has the source ranges of its own family', () => {
    const settings = {...listenerSettings(), sourceRanges: ['10.0.0.0/8', '2001:db8::/32']}
    const rangesAt = (address: string) => {
      const key: Listener['key'] = {address, port: 443, protocol: 'TCP'}
      return (listenerView({key, settings, routes: [aRoute(to('u'))]}, []) as {settings: object}).settings
    }
    const expected = {...settings, ...NOTHING_SET}
    assert.deepEqual(rangesAt('0.0.0.0'), {...expected, sourceRanges: ['10.0.0.0/8']})
    assert.deepEqual(rangesAt('::'), {...expected, sourceRanges: ['2001:db8::/32']})
  })

  it('has an upstream only for trusted senders of its own family, and all source ranges', () => {
    const settings = listenerSettings({
      sourceRanges: ['10.0.0.0/8', '2001:db8::/32'],
      trustedSenders: ['192.0.2.0/24', 'fd00::/8'],
      proxyProtocol: 'v1',
    })
    const key: Listener['key'] = {address: '::', port: 443, protocol: 'TCP'}
    const {trust, target, ...rest} = listenerView({key, settings, routes: [aRoute(to('u'))]}, []) as Record<
      string,
      object
    >
    const {name} = target as {name: string}
    assert.match(name, /^lbex_[0-9a-f]{12}_target$/)
    assert.deepEqual(target, {name, is_variable: true, is_none: false})
    assert.deepEqual(trust, {
      variable: name.replace('_target', '_trusted'),
      target: {name: 'u', is_variable: false, is_none: false},
    })
    assert.deepEqual(rest['settings'], {...NOTHING_SET, ...settings, trustedSenders: ['fd00::/8']})
  })

  it('has the map of server names as the target of trusted senders, and both families of a route', () => {
    const ranges = ['10.0.0.0/8', '2001:db8::/32']
    const key: Listener['key'] = {address: '::', port: 443, protocol: 'TCP'}
    const {trust, map, guards} = listenerView(
      {
        key,
        settings: listenerSettings({trustedSenders: ['fd00::/8']}),
        routes: [aRoute({match: {type: 'sni', name: 'a.example'}, ...to('u'), sourceRanges: ranges})],
      },
      [],
    ) as {trust: {target: object}; map: {variable: string}; guards: {ranges: unknown}[]}
    assert.deepEqual(trust.target, {name: map.variable, is_variable: true, is_none: false})
    assert.deepEqual(guards[0]?.ranges, ranges)
  })

  it('remarks each route of a listener with several', () => {
    const {remarks} = view(
      ...[2, 0].map((weight) => aRoute({match: {type: 'sni', name: 'a.example'}, ...to('u', weight)})),
      aRoute({match: {type: 'sni', name: '*'}, upstreams: [], rejected: 1}),
    )
    assert.deepEqual(remarks, [
      'a.example (weight 2): Service default/web port 80',
      'a.example (weight 0): Service default/web port 80',
      'all other connections: Service default/web port 80, rejected',
    ])
    assert.deepEqual(view(aRoute(to('u')), aRoute(to('v'))).remarks, [
      'all traffic (weight 1): Service default/web port 80',
      'all traffic (weight 1): Service default/web port 80',
    ])
  })

  it('has the source ranges of its own family for each route', () => {
    const {guards} = view(
      aRoute({match: {type: 'sni', name: 'x'}, ...to('u'), sourceRanges: ['10.0.0.0/8', '2001:db8::/32']}),
    )
    assert.deepEqual((guards as {ranges: unknown}[])[0]?.ranges, ['2001:db8::/32'])
  })
})
