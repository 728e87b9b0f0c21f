/** The template's view of a listener: its socket, its settings, and the upstreams of its routes. */
import {contentHash} from '../../../core/model/content-hash.js'
import {bracketed, listenerId} from '../../../core/model/listener-key.js'
import type {Listener, Route, WeightedUpstream} from '../../../core/model/load-balancer.js'
import {isSameMatch, type RouteMatch} from '../../../core/model/route-match.js'
import type {Limit} from './limits-view.js'
import {settingsView, trustView, type ProxyTarget} from './settings-view.js'
import {UnsafeOutput} from './template.js'

/**
 * The scope of the template for one listener; names are those in templates/service.conf.liquid. `isLive`: the servers of a
 * listener with one upstream may change without a reload. Throws UnsafeOutput if more
 * than 10,000 upstreams share the same traffic.
 */
export function listenerView(
  {key, settings, routes}: Listener,
  limits: readonly Limit[],
  isLive = false,
): object {
  const variable = `lbex_${contentHash(listenerId(key))}`
  const traffic = trafficView(routes, variable)
  const trusted = trustView(settings, traffic.target, variable)
  return {
    address: bracketed(key.address),
    port: key.port,
    udp: key.protocol === 'UDP',
    settings: settingsView(key, settings),
    limits,
    remarks: remarksOn(routes),
    ...traffic,
    ...trusted,
    live: isLive && !trusted.target.is_variable,
  }
}

/** Comments: the Service port of a listener with one route, or each route of a listener with several. */
function remarksOn(routes: readonly Route[]): string[] {
  const [only] = routes
  if (only && routes.length === 1 && only.match.type === 'all') return [`Service port ${portOf(only)}`]
  return routes.map((route) => `${describe(route)}: Service ${nameOf(route)} port ${portOf(route)}`)
}

function portOf({servicePort, portName}: Route): string {
  return portName === '' ? String(servicePort) : `${servicePort}, ${portName}`
}

function nameOf({owner}: Route): string {
  return `${owner.namespace}/${owner.name}`
}

function describe({match, upstreams}: Route): string {
  const weight = upstreams.reduce((sum, upstream) => sum + upstream.weight, 0)
  return `${match.type === 'sni' ? match.name : 'all traffic'} (weight ${weight})`
}

/** The routes that are for the same traffic, as one. */
type Traffic = {readonly match: RouteMatch; readonly upstreams: readonly WeightedUpstream[]}

type TrafficView = {
  readonly splits: readonly object[]
  readonly map: object | false
  readonly target: ProxyTarget
}

/** `variable` is the start of the names of this listener's variables. */
function trafficView(routes: readonly Route[], variable: string): TrafficView {
  const traffic = joinMatches(routes)
  const splits = traffic.flatMap(({upstreams}, index) => splitView(upstreams, `${variable}_${index}`))
  const targets = traffic.map(({upstreams}, index) => targetOf(upstreams, `${variable}_${index}`))
  const isMapped = traffic.some(({match}) => match.type === 'sni')
  if (!isMapped) return {splits, map: false, target: targets[0] ?? {name: '', is_variable: false}}
  const entries = traffic.map(({match}, index) => ({...entryName(match), target: targets[index]}))
  return {splits, map: {variable, entries}, target: {name: variable, is_variable: true}}
}

/** `routes` are sorted by match. */
function joinMatches(routes: readonly Route[]): Traffic[] {
  const joined: (Traffic & {readonly upstreams: WeightedUpstream[]})[] = []
  for (const {match, upstreams} of routes) {
    const last = joined.at(-1)
    if (last && isSameMatch(last.match, match)) last.upstreams.push(...upstreams)
    else joined.push({match, upstreams: [...upstreams]})
  }
  return joined
}

function targetOf(upstreams: readonly WeightedUpstream[], variable: string): ProxyTarget {
  const [only] = upstreams
  return only && upstreams.length === 1
    ? {name: only.name, is_variable: false}
    : {name: variable, is_variable: true}
}

/** Empty for one upstream, which needs no split. The upstream with the largest weight gets what the others leave. */
function splitView(upstreams: readonly WeightedUpstream[], variable: string): object[] {
  if (upstreams.length === 1) return []
  if (upstreams.length > HUNDREDTHS) throw new UnsafeOutput(`${upstreams.length} upstreams`, `$${variable}`)
  const sorted = [...upstreams].sort((a, b) => a.weight - b.weight)
  return [{variable, shares: sharesOf(sorted), rest: sorted.at(-1)?.name}]
}

/** Hundredths of a percent in 100 %: NGINX accepts two decimals (https://nginx.org/en/docs/stream/ngx_stream_split_clients_module.html). */
const HUNDREDTHS = 10_000

/**
 * The shares of all but the last upstream. NGINX accepts neither zero nor a sum above 100 %, so each upstream gets its share of
 * what remains, rounded down, but at least a hundredth. The weights ascend, so no share is larger than the average of what
 * remains, and something remains for each.
 */
function sharesOf(sorted: readonly WeightedUpstream[]): {upstream: string; percent: string}[] {
  let left = HUNDREDTHS
  let weights = sorted.reduce((sum, {weight}) => sum + weight, 0)
  return sorted.slice(0, -1).map(({name, weight}) => {
    const share = Math.max(1, Math.floor((weight * left) / weights))
    left -= share
    weights -= weight
    return {upstream: name, percent: (share / 100).toFixed(2)}
  })
}

/** Parameters of `map` that a name could be mistaken for (https://nginx.org/en/docs/stream/ngx_stream_map_module.html#map). */
const RESERVED: ReadonlySet<string> = new Set(['default', 'hostnames', 'include', 'volatile'])

function entryName(match: RouteMatch): {name: string; wildcard: boolean; reserved: boolean} {
  if (match.type === 'all') return {name: 'default', wildcard: false, reserved: false}
  const wildcard = match.name.startsWith('*.')
  return {name: wildcard ? match.name.slice(2) : match.name, wildcard, reserved: RESERVED.has(match.name)}
}
