/**
 * The template's view of the routes of a listener: which upstream gets which connection. NGINX evaluates variables for it: a map
 * selects by server name, a split by weight, and the clients of a route by source range. An empty value rejects the connection.
 */
import type {Route, WeightedUpstream} from '../../../core/model/load-balancer.js'
import {ANY_NAME, isSameMatch, type RouteMatch} from '../../../core/model/route-match.js'
import {UnsafeOutput} from './template.js'

/** The routes that are for the same traffic, as one. */
type Traffic = {
  readonly match: RouteMatch
  readonly upstreams: readonly WeightedUpstream[]
  readonly rejected: number
  readonly sourceRanges: Route['sourceRanges']
}

/** The target of `proxy_pass` or of a name: an upstream, a variable that has the name of an upstream, or none. */
export type ProxyTarget = {readonly name: string; readonly is_variable: boolean; readonly is_none: boolean}

const NO_TARGET: ProxyTarget = {name: '', is_variable: false, is_none: true}

type ListenerTraffic = {
  readonly splits: readonly object[]
  readonly guards: readonly object[]
  readonly map: object | false
  readonly target: ProxyTarget
}

/**
 * The parts of the template's scope for `routes`, which are sorted by match. `variable` is the start of the names of the
 * listener's variables. Throws UnsafeOutput if more than 10,000 upstreams share the same traffic.
 */
export function trafficView(routes: readonly Route[], variable: string): ListenerTraffic {
  const views = joinMatches(routes).map((traffic, index) => viewOf(traffic, `${variable}_${index}`))
  const splits = views.flatMap(({split}) => split)
  const guards = views.flatMap(({guard}) => guard)
  const isMapped = routes.some(({match}) => match.type === 'sni')
  if (!isMapped) return {splits, guards, map: false, target: views[0]?.target ?? NO_TARGET}
  const entries = views.map(({match, target}) => ({...entryName(match), target}))
  return {splits, guards, map: {variable, entries}, target: variableTarget(variable)}
}

/** As trafficView, for a listener that rejects all connections. */
export function noTraffic(variable: string): ListenerTraffic {
  return {splits: [], guards: [], map: {variable, entries: []}, target: variableTarget(variable)}
}

function joinMatches(routes: readonly Route[]): Traffic[] {
  const joined: (Traffic & {upstreams: WeightedUpstream[]; rejected: number})[] = []
  for (const {match, upstreams, rejected = 0, sourceRanges} of routes) {
    const last = joined.at(-1)
    if (last && isSameMatch(last.match, match)) {
      last.upstreams.push(...upstreams)
      last.rejected += rejected
    } else joined.push({match, upstreams: [...upstreams], rejected, sourceRanges})
  }
  return joined
}

type TrafficView = {
  readonly match: RouteMatch
  readonly target: ProxyTarget
  /** The split by weight, if there is one. */
  readonly split: readonly object[]
  /** The check of the client's address, if there is one. */
  readonly guard: readonly object[]
}

function viewOf(traffic: Traffic, variable: string): TrafficView {
  const {match, sourceRanges} = traffic
  const shares = sharesOf(traffic)
  const split = splitView(shares, variable)
  const target = split.length > 0 ? variableTarget(variable) : (shares[0]?.target ?? NO_TARGET)
  if (!sourceRanges || target.is_none) return {match, split, target, guard: []}
  return {match, split, ...guardView(target, sourceRanges, variable)}
}

/**
 * Only clients in the ranges get the target. The value of a `geo` block is fixed, so a split needs a `map` too, which costs NGINX
 * 8 ms at each reload.
 */
function guardView(
  target: ProxyTarget,
  ranges: readonly string[],
  variable: string,
): Pick<TrafficView, 'target' | 'guard'> {
  const [clients, allowed] = [`${variable}_clients`, `${variable}_allowed`]
  const guard = target.is_variable
    ? {variable: clients, ranges, value: 1, map: {allowed, target}}
    : {variable: allowed, ranges, value: target.name, map: false}
  return {target: variableTarget(allowed), guard: [guard]}
}

export function variableTarget(name: string): ProxyTarget {
  return {name, is_variable: true, is_none: false}
}

type Share = {readonly target: ProxyTarget; readonly weight: number}

/** By ascending weight. */
function sharesOf({upstreams, rejected}: Traffic): Share[] {
  const shares = upstreams.map(({name, weight}) => ({
    target: {name, is_variable: false, is_none: false},
    weight,
  }))
  if (rejected > 0) shares.push({target: NO_TARGET, weight: rejected})
  return shares.sort((a, b) => a.weight - b.weight)
}

/** Empty for less than two shares, which need no split. The largest share gets what the others leave. */
function splitView(shares: readonly Share[], variable: string): object[] {
  if (shares.length < 2) return []
  if (shares.length > HUNDREDTHS) throw new UnsafeOutput(`${shares.length} upstreams`, `$${variable}`)
  return [{variable, shares: inPercent(shares), rest: shares.at(-1)?.target}]
}

/** Hundredths of a percent in 100 %: NGINX accepts two decimals (https://nginx.org/en/docs/stream/ngx_stream_split_clients_module.html). */
const HUNDREDTHS = 10_000

/**
 * All shares but the last. NGINX accepts neither zero nor a sum above 100 %, so each one gets its part of what remains, rounded
 * down, but at least a hundredth. The weights ascend, so no part is larger than the average of what remains, and something remains
 * for each.
 */
function inPercent(sorted: readonly Share[]): {target: ProxyTarget; percent: string}[] {
  let left = HUNDREDTHS
  let weights = sorted.reduce((sum, {weight}) => sum + weight, 0)
  return sorted.slice(0, -1).map(({target, weight}) => {
    const share = Math.max(1, Math.floor((weight * left) / weights))
    left -= share
    weights -= weight
    return {target, percent: (share / 100).toFixed(2)}
  })
}

/** Parameters of `map` that a name could be mistaken for (https://nginx.org/en/docs/stream/ngx_stream_map_module.html#map). */
const RESERVED: ReadonlySet<string> = new Set(['default', 'hostnames', 'include', 'volatile'])

/** A server name as `map` and `server_name` have it. */
export function entryName(match: RouteMatch): {name: string; wildcard: boolean; reserved: boolean} {
  const name = match.type === 'all' ? ANY_NAME : match.name
  if (name === ANY_NAME) return {name: 'default', wildcard: false, reserved: false}
  const wildcard = name.startsWith('*.')
  return {name: wildcard ? name.slice(2) : name, wildcard, reserved: RESERVED.has(name)}
}
