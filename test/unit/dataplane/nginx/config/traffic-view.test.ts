import assert from 'node:assert/strict'
import type {Route} from '../../../../../src/core/model/load-balancer.js'
import {UnsafeOutput} from '../../../../../src/dataplane/nginx/config/template.js'
import {trafficView} from '../../../../../src/dataplane/nginx/config/traffic-view.js'
import {aRoute} from '../../../../support/builders.js'

type Share = {target: object; percent: string}
type View = {
  splits: {shares: Share[]; rest: object}[]
  guards: object[]
  map: {entries: object[]}
  target: object
}

const view = (...routes: readonly Route[]): View => trafficView(routes, 'lbex_0') as View
const to = (name: string, weight = 1): Pick<Route, 'upstreams'> => ({upstreams: [{name, weight}]})
const named = (name: string, parts: Partial<Route> & Pick<Route, 'upstreams'>): Route =>
  aRoute({match: {type: 'sni', name}, ...parts})
const upstream = (name: string) => ({name, is_variable: false, is_none: false})
const variable = (name: string) => ({name, is_variable: true, is_none: false})
const NONE = {name: '', is_variable: false, is_none: true}

describe('trafficView', () => {
  it('splits the traffic of routes with equal matches; the largest weight gets the rest', () => {
    const {splits, target} = view(aRoute(to('large', 2)), aRoute(to('small')))
    assert.deepEqual(target, variable('lbex_0_0'))
    assert.deepEqual(splits, [
      {
        variable: 'lbex_0_0',
        shares: [{target: upstream('small'), percent: '33.33'}],
        rest: upstream('large'),
      },
    ])
  })

  it('rejects the share of a route without an upstream, whether it is the largest or not', () => {
    const rejected = (weight: number) => aRoute({upstreams: [], rejected: weight})
    const [small] = view(aRoute(to('u', 9)), rejected(1)).splits
    assert.deepEqual(small, {
      variable: 'lbex_0_0',
      shares: [{target: NONE, percent: '10.00'}],
      rest: upstream('u'),
    })
    const [large] = view(aRoute(to('u', 1)), rejected(4), rejected(5)).splits
    assert.deepEqual(large, {
      variable: 'lbex_0_0',
      shares: [{target: upstream('u'), percent: '10.00'}],
      rest: NONE,
    })
  })

  it('needs no split if one route gets everything', () => {
    const {splits, target} = view(aRoute({upstreams: []}), aRoute(to('u', 5)))
    assert.deepEqual([splits, target], [[], upstream('u')])
  })

  it('never has a share of 0 %, which NGINX rejects', () => {
    const [split] = view(aRoute(to('large', 1_000_000)), aRoute(to('small'))).splits
    assert.deepEqual(split?.shares, [{target: upstream('small'), percent: '0.01'}])
  })

  it('never has shares above 100 % in total, which NGINX rejects', () => {
    const small = (count: number) => Array.from({length: count}, (_, index) => aRoute(to(`u${index}`)))
    const large = [1, 2, 3].map((index) => aRoute(to(`large${index}`, 1_000_000)))
    for (const routes of [small(600), small(10_000), [...small(5000), ...large]]) {
      const [split] = view(...routes).splits
      const hundredths = split?.shares.map(({percent}) => Math.round(Number(percent) * 100)) ?? []
      assert.equal(hundredths.length, routes.length - 1)
      assert.ok(hundredths.every((share) => share >= 1))
      assert.ok(hundredths.reduce((sum, share) => sum + share, 0) < 10_000)
    }
  })

  it('rounds the shares of equal weights equally', () => {
    const percents = (count: number) => {
      const routes = Array.from({length: count}, (_, index) => aRoute(to(`u${index}`)))
      return new Set(view(...routes).splits[0]?.shares.map(({percent}) => percent))
    }
    assert.deepEqual([...percents(3)], ['33.33'])
    assert.deepEqual([...percents(600)], ['0.16', '0.17'])
  })

  it('refuses more upstreams than there are hundredths of a percent', () => {
    const routes = Array.from({length: 10_001}, (_, index) => aRoute(to(`u${index}`)))
    assert.throws(
      () => view(...routes),
      (error) => error instanceof UnsafeOutput && error.value === '10001 upstreams',
    )
  })

  it('maps names to upstreams, and `*` to the default', () => {
    const {map, target} = view(
      named('*.example', to('u1')),
      named('default', to('u2')),
      named('closed.example', {upstreams: [], rejected: 1}),
      named('*', to('u3')),
    )
    assert.deepEqual(target, variable('lbex_0'))
    assert.deepEqual(map.entries, [
      {name: 'example', wildcard: true, reserved: false, target: upstream('u1')},
      {name: 'default', wildcard: false, reserved: true, target: upstream('u2')},
      {name: 'closed.example', wildcard: false, reserved: false, target: NONE},
      {name: 'default', wildcard: false, reserved: false, target: upstream('u3')},
    ])
  })

  it('checks the clients of a route that has source ranges', () => {
    const sourceRanges = ['10.0.0.0/8']
    const {guards, map} = view(
      named('a.example', {...to('u1'), sourceRanges}),
      named('b.example', {...to('u2', 1), sourceRanges: []}),
      named('b.example', {...to('u3', 1), sourceRanges: []}),
      named('c.example', to('u4')),
    )
    assert.deepEqual(guards, [
      {variable: 'lbex_0_0_allowed', ranges: sourceRanges, value: 'u1', map: false},
      {
        variable: 'lbex_0_1_clients',
        ranges: [],
        value: 1,
        map: {allowed: 'lbex_0_1_allowed', target: variable('lbex_0_1')},
      },
    ])
    assert.deepEqual(
      map.entries.map((entry) => (entry as {target: object}).target),
      [variable('lbex_0_0_allowed'), variable('lbex_0_1_allowed'), upstream('u4')],
    )
  })
})
