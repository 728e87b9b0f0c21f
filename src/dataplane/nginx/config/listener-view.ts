/** The template's view of a listener: its socket, its settings, and the upstreams of its routes. */
import {contentHash} from '../../../core/model/content-hash.js'
import {bracketed, listenerId} from '../../../core/model/listener-key.js'
import type {Listener, Route} from '../../../core/model/load-balancer.js'
import {ANY_NAME, isSameMatch} from '../../../core/model/route-match.js'
import type {Limit} from './limits-view.js'
import {clientRanges, settingsView, trustView} from './settings-view.js'
import {tlsRemarks, tlsView} from './tls-view.js'
import {trafficView} from './traffic-view.js'

/** How the lines of the access log name the Service of a connection. */
export type LogView = {
  readonly port: number
  /** The id of the only Service of the listener. */
  readonly owner: string | false
  /** Name of the format that logs the upstream of the connection, whose name starts with the id of its Service. */
  readonly format: string | false
}

const NO_LOG: LogView = {port: 0, owner: false, format: false}

export type ListenerViewOptions = {
  /** True if the servers of a listener with one upstream may change without a reload. Default: false. */
  readonly isLive?: boolean
  /** Default: there is no access log. */
  readonly log?: LogView | undefined
}

/**
 * The scope of the template for one listener; names are those in templates/service.conf.liquid. Throws UnsafeOutput if more
 * than 10,000 upstreams share the same traffic.
 */
export function listenerView(
  listener: Listener,
  limits: readonly Limit[],
  {isLive = false, log = NO_LOG}: ListenerViewOptions = {},
): object {
  const {key, settings, routes} = listener
  const variable = `lbex_${contentHash(listenerId(key))}`
  const traffic = trafficView(routesOfFamily(listener), variable)
  const trusted = trustView(settings, traffic.target, variable)
  const view = {
    address: bracketed(key.address),
    port: key.port,
    udp: key.protocol === 'UDP',
    settings: settingsView(key, settings),
    limits,
    log,
    remarks: [...remarksOn(routes), ...tlsRemarks(listener)],
    ...tlsView(listener),
    ...traffic,
    ...trusted,
    live: isLive && !trusted.target.is_variable,
  }
  return {...view, ...partsOf(view)}
}

type Parts = {readonly has_blocks: boolean; readonly has_options: boolean}

/**
 * What the template can skip: most of thousands of listeners have nothing of it, and checking each setting in the template takes as
 * long as all else. `has_blocks`: before the server block; `has_options`: in it.
 */
function partsOf({
  settings,
  limits,
  log,
  tls,
  backend_tls,
  splits,
  guards,
  map,
  trust,
}: {
  readonly settings: object
  readonly limits: readonly unknown[]
  readonly log: LogView
  readonly splits: readonly unknown[]
  readonly guards: readonly unknown[]
} & Readonly<Record<'tls' | 'backend_tls' | 'map' | 'trust', object | false>>): Parts {
  const isLogged = log.owner !== false || log.format !== false
  const hasBlocks = splits.length > 0 || guards.length > 0 || map !== false || trust !== false || isLogged
  const values: readonly unknown[] = Object.values(settings)
  const isSet = [...values, tls, backend_tls].some((value) => value !== false)
  return {has_blocks: hasBlocks, has_options: hasBlocks || limits.length > 0 || isSet}
}

function routesOfFamily({key, settings, routes}: Listener): readonly Route[] {
  return routes.map((route) => {
    const sourceRanges = clientRanges(key, settings, route.sourceRanges)
    return sourceRanges ? {...route, sourceRanges} : route
  })
}

/** Comments: the Service port of a listener with one route, or each route of a listener with several. */
function remarksOn(routes: readonly Route[]): string[] {
  const [only] = routes
  if (only && routes.length === 1 && only.match.type === 'all') return [`Service port ${portOf(only)}`]
  const isShared = sharedMatches(routes)
  return routes.map((route) => {
    const weight = isShared(route) ? ` (weight ${weightOf(route)})` : ''
    const rejected = route.rejected === undefined ? '' : ', rejected'
    return `${describe(route)}${weight}: Service ${nameOf(route)} port ${portOf(route)}${rejected}`
  })
}

function portOf({servicePort, portName}: Route): string {
  return portName === '' ? String(servicePort) : `${servicePort}, ${portName}`
}

function nameOf({owner}: Route): string {
  return `${owner.namespace}/${owner.name}`
}

function describe({match}: Route): string {
  if (match.type === 'all') return 'all traffic'
  return match.name === ANY_NAME ? 'all other connections' : match.name
}

function weightOf({upstreams, rejected = 0}: Route): number {
  return upstreams.reduce((sum, {weight}) => sum + weight, rejected)
}

/** True for a route whose traffic another route has too. `routes` are sorted by match. */
function sharedMatches(routes: readonly Route[]): (route: Route) => boolean {
  const shared = new Set<Route>()
  for (const [index, route] of routes.entries()) {
    const next = routes[index + 1]
    if (next && isSameMatch(route.match, next.match)) shared.add(route).add(next)
  }
  return (route) => shared.has(route)
}
