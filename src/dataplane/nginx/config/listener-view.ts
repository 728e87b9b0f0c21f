/** The template's view of a listener: its socket, its settings, and the upstreams of its routes. */
import {contentHash} from '../../../core/model/content-hash.js'
import {bracketed, listenerId} from '../../../core/model/listener-key.js'
import type {Listener, Route} from '../../../core/model/load-balancer.js'
import {ANY_NAME, isSameMatch} from '../../../core/model/route-match.js'
import type {Limit} from './limits-view.js'
import {clientRanges, settingsView, trustView} from './settings-view.js'
import {tlsBlocks, type TlsBlock} from './tls-blocks.js'
import {tlsRemarks, tlsView} from './tls-view.js'
import {entryName, noTraffic, trafficView} from './traffic-view.js'

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

/** The scopes of the template for the server blocks of a listener: usually one, more for different certificates. */
export function listenerViews(
  listener: Listener,
  limits: readonly Limit[],
  options: ListenerViewOptions = {},
): readonly object[] {
  const blocks = tlsBlocks(listener)
  if (blocks.length === 0) return [listenerView(listener, limits, options)]
  const hasVerification = blocks.some((block) => block.listener.tls?.clientAuthorities)
  return blocks.map((block, index) => blockView(block, limits, options, {index, hasVerification}))
}

function blockView(
  {listener, names, isDefault, rejects}: TlsBlock,
  limits: readonly Limit[],
  options: ListenerViewOptions,
  {index, hasVerification}: {readonly index: number; readonly hasVerification: boolean},
): object {
  const block = {
    suffix: `_tls${index}`,
    names: names.map((name) => entryName({type: 'sni', name})),
    is_default: isDefault,
    is_repeated: index > 0,
    rejects,
    has_verification: hasVerification,
  }
  return listenerView(listener, limits, options, block)
}

/** One of the server blocks of a listener with different TLS. */
type BlockView = {
  /** Of the names of variables and formats. */
  readonly suffix: string
  readonly names: readonly object[]
  readonly is_default: boolean
  /** True if an earlier block has the options of the socket: NGINX accepts them once. */
  readonly is_repeated: boolean
  readonly rejects: boolean
  /** True if a block of the listener verifies clients. */
  readonly has_verification: boolean
}

const ONLY_BLOCK: BlockView = {
  suffix: '',
  names: [],
  is_default: false,
  is_repeated: false,
  rejects: false,
  has_verification: false,
}

/**
 * The scope of the template for one server block; names are those in templates/service.conf.liquid. Throws UnsafeOutput if more
 * than 10,000 upstreams share the same traffic.
 */
export function listenerView(
  listener: Listener,
  limits: readonly Limit[],
  {isLive = false, log = NO_LOG}: ListenerViewOptions = {},
  block: BlockView = ONLY_BLOCK,
): object {
  const {key, settings, routes} = listener
  const variable = `lbex_${contentHash(listenerId(key))}${block.suffix}`
  const traffic = routes.length > 0 ? trafficView(routesOfFamily(listener), variable) : noTraffic(variable)
  const trusted = trustView(settings, traffic.target, variable)
  const view = {
    address: bracketed(key.address),
    port: key.port,
    udp: key.protocol === 'UDP',
    settings: settingsView(key, settings),
    limits,
    log: log.format === false ? log : {...log, format: `${log.format}${block.suffix}`},
    block,
    remarks: [...remarksOn(routes), ...tlsRemarks(listener)],
    ...tlsView(listener, block.rejects),
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
  if (!only) return ['all other connections: rejected']
  if (routes.length === 1 && only.match.type === 'all') return [`Service port ${portOf(only)}`]
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
