import assert from 'node:assert/strict'
import type {Listener, Route} from '../../../../../src/core/model/load-balancer.js'
import {listenerView} from '../../../../../src/dataplane/nginx/config/listener-view.js'
import {UnsafeOutput} from '../../../../../src/dataplane/nginx/config/template.js'
import {aRoute, listenerSettings} from '../../../../support/builders.js'

const view = (...routes: readonly Route[]) => {
  const key: Listener['key'] = {address: '::', port: 443, protocol: 'TCP'}
  return listenerView({key, settings: listenerSettings(), routes}, []) as Record<string, unknown>
}
const to = (name: string, weight = 1): Pick<Route, 'upstreams'> => ({upstreams: [{name, weight}]})
const named = (name: string, upstream: string): Route => aRoute({match: {type: 'sni', name}, ...to(upstream)})

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

describe('listenerView', () => {
  it('has one upstream for one route', () => {
    assert.deepEqual(view(aRoute({portName: 'https', ...to('u')})), {
      address: '[::]',
      port: 443,
      udp: false,
      settings: {...listenerSettings(), ...NOTHING_SET},
      remarks: ['Service port 80, https'],
      splits: [],
      limits: [],
      map: false,
      trust: false,
      target: {name: 'u', is_variable: false},
      live: false,
    })
  })

  it('has servers that change without a reload if it has one upstream', () => {
    const key: Listener['key'] = {address: '0.0.0.0', port: 443, protocol: 'TCP'}
    const isLive = (...routes: Route[]): unknown =>
      (listenerView({key, settings: listenerSettings(), routes}, [], true) as {live: boolean}).live
    assert.equal(isLive(aRoute(to('u'))), true)
    assert.equal(isLive(aRoute(to('u')), aRoute(to('v'))), false)
    assert.equal(isLive(named('example.com', 'u')), false)
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
    assert.deepEqual(target, {name, is_variable: true})
    assert.deepEqual(trust, {
      variable: name.replace('_target', '_trusted'),
      target: {name: 'u', is_variable: false},
    })
    assert.deepEqual(rest['settings'], {...NOTHING_SET, ...settings, trustedSenders: ['fd00::/8']})
  })

  it('splits the traffic of routes with equal matches; the largest weight gets the rest', () => {
    const {splits, target, remarks} = view(aRoute(to('large', 2)), aRoute(to('small')))
    const variable = (target as {name: string}).name
    assert.match(variable, /^lbex_[0-9a-f]{12}_0$/)
    assert.deepEqual(splits, [{variable, shares: [{upstream: 'small', percent: '33.33'}], rest: 'large'}])
    assert.deepEqual(remarks, [
      'all traffic (weight 2): Service default/web port 80',
      'all traffic (weight 1): Service default/web port 80',
    ])
  })

  it('never has a share of 0 %, which NGINX rejects', () => {
    const {splits} = view(aRoute(to('large', 1_000_000)), aRoute(to('small')))
    assert.deepEqual((splits as {shares: unknown}[])[0]?.shares, [{upstream: 'small', percent: '0.01'}])
  })

  it('never has shares above 100 % in total, which NGINX rejects', () => {
    const small = (count: number) => Array.from({length: count}, (_, index) => aRoute(to(`u${index}`)))
    const large = [1, 2, 3].map((index) => aRoute(to(`large${index}`, 1_000_000)))
    for (const routes of [small(600), small(10_000), [...small(5000), ...large]]) {
      const [{shares}] = view(...routes).splits as [{shares: {percent: string}[]}]
      const hundredths = shares.map(({percent}) => Math.round(Number(percent) * 100))
      assert.equal(hundredths.length, routes.length - 1)
      assert.ok(hundredths.every((share) => share >= 1))
      assert.ok(hundredths.reduce((sum, share) => sum + share, 0) < 10_000)
    }
  })

  it('rounds the shares of equal weights equally', () => {
    const [{shares}] = view(...['a', 'b', 'c'].map((name) => aRoute(to(name)))).splits as [{shares: unknown}]
    assert.deepEqual(shares, [
      {upstream: 'a', percent: '33.33'},
      {upstream: 'b', percent: '33.33'},
    ])
    const many = Array.from({length: 600}, (_, index) => aRoute(to(`u${index}`)))
    const [split] = view(...many).splits as [{shares: {percent: string}[]}]
    assert.deepEqual([...new Set(split.shares.map(({percent}) => percent))], ['0.16', '0.17'])
  })

  it('refuses more upstreams than there are hundredths of a percent', () => {
    const routes = Array.from({length: 10_001}, (_, index) => aRoute(to(`u${index}`)))
    assert.throws(
      () => view(...routes),
      (error) => error instanceof UnsafeOutput && error.value === '10001 upstreams',
    )
  })

  it('maps names to upstreams, and all other traffic to the default', () => {
    const {map} = view(named('*.example', 'u1'), named('default', 'u2'), aRoute(to('u3')))
    assert.deepEqual((map as {entries: unknown}).entries, [
      {name: 'example', wildcard: true, reserved: false, target: {name: 'u1', is_variable: false}},
      {name: 'default', wildcard: false, reserved: true, target: {name: 'u2', is_variable: false}},
      {name: 'default', wildcard: false, reserved: false, target: {name: 'u3', is_variable: false}},
    ])
  })
})
