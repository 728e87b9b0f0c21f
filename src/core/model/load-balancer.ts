/**
 * The result of the translator: validated listeners, routes, upstreams and servers. In the NGINX configuration only parsed
 * numbers, enums, addresses and SNI names of it are used; names of Kubernetes objects appear only in comments.
 */
import type {ListenerKey} from './listener-key.js'
import type {ObjectRef, Origin} from '../../diagnostics/diagnostic.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {TlsToBackend} from '../intent/tls-settings.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {RouteMatch} from './route-match.js'
import type {TlsFiles} from './tls-files.js'

export type LoadBalancer = {
  /** Sorted by namespace and name; only Services that have a listener for themselves. */
  readonly services: readonly ServedService[]
  /** Sorted by port, protocol, address. */
  readonly shared: readonly SharedListener[]
}

/** The Service that requested a route. */
export type Owner = {
  readonly ref: ObjectRef & {readonly namespace: string}
  readonly origin?: Origin
}

/** A Service with the listeners that it does not share, and the upstreams of their routes. */
export type ServedService = Owner & {
  /** 12 hexadecimal digits: a hash of namespace/name. */
  readonly id: string
  /** Sorted by port, protocol, address; never empty. */
  readonly listeners: readonly Listener[]
  /** Sorted by name; each has a server. */
  readonly upstreams: readonly Upstream[]
}

/** A listener that is allocated to several Services, and the upstreams of its routes. */
export type SharedListener = {
  /** The Services with a route that is served, sorted by namespace and name; never empty. */
  readonly owners: readonly Owner[]
  readonly listener: Listener
  /** Sorted by name; each has a server. No other listener uses them. */
  readonly upstreams: readonly Upstream[]
}

export type Listener = {
  readonly key: ListenerKey
  readonly settings: ListenerSettings
  /** The certificates that the settings need; absent if they need none, or if the routes have their own. */
  readonly tls?: TlsFiles
  /**
   * Sorted by match, owner and port; never empty. Either all are for all traffic, or all are for server names. Routes with equal
   * matches share the traffic. Traffic that no route matches is rejected: a TCP connection is closed, a UDP datagram dropped.
   */
  readonly routes: readonly Route[]
}

/** Which traffic of a listener goes to which upstreams, and which Service requested it. */
export type Route = {
  readonly match: RouteMatch
  readonly owner: Owner['ref']
  /** Name of the Service port, empty if it has none. */
  readonly portName: string
  readonly servicePort: number
  /** The first listen port of the Service port if it has a range of them. */
  readonly firstPort?: number
  /** Empty if none of the traffic goes to an upstream. */
  readonly upstreams: readonly WeightedUpstream[]
  /** Weight of the traffic that is rejected, because the Service has no server for it. Absent: none. */
  readonly rejected?: number
  /** Canonical CIDR ranges, sorted: other clients are rejected. Absent: the source ranges of the listener apply. */
  readonly sourceRanges?: readonly string[]
  /** Absent: the listener has no TLS, the same for all routes, or the traffic is rejected for lack of a certificate. */
  readonly tls?: RouteTls
}

/** The TLS of a route if it is not the same for all routes of the listener. */
export type RouteTls = {
  readonly files: TlsFiles
  /** Absent: no TLS to the servers. */
  readonly toBackend?: TlsToBackend
}

export type WeightedUpstream = {
  /** Name of an upstream of the same Service or shared listener. */
  readonly name: string
  /** A positive integer, relative to the upstreams of all routes with an equal match. */
  readonly weight: number
}

export type Upstream = {
  /**
   * ID_PORT_PROTOCOL_FAMILY, e.g. `5f1c2a3b4d5e_8080_tcp_ipv4`. The hash comes first because NGINX compares names from the
   * start. The Service port is appended if an earlier port of the Service has the same listener, and a hash of the listener if
   * it is shared.
   */
  readonly name: string
  readonly settings: UpstreamSettings
  /**
   * How far its listen port is from the start of a range. The ports of its servers are as far from the target port of the Service,
   * which active checks probe for the whole range. Absent: 0.
   */
  readonly offset?: number
  /** Sorted by address and port; weights are reduced by their greatest common divisor. */
  readonly servers: readonly UpstreamServer[]
  /** What is known only in a cluster; if not empty, the only server is a placeholder marked down. */
  readonly unknown: readonly string[]
  /** Skipped backends and the reasons, for the comments in the file. */
  readonly absent: readonly SkippedBackend[]
}

export type UpstreamServer = {
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly down: boolean
}

export type SkippedBackend = {
  /** `node worker-3`, `endpoint 10.0.0.7 of Pod web-1`. */
  readonly what: string
  readonly why: string
}
