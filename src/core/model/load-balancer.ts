/**
 * What the load balancer is to do, decided and checked: listeners, upstreams and servers, ready to be written down.
 * NGINX is told only parsed numbers, enums, addresses and SNI names of it; names of objects stand in comments alone.
 */
import type {ListenerKey} from './listener-key.js'
import type {ObjectRef, Origin} from '../../diagnostics/diagnostic.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {RouteMatch} from './route-match.js'

export type LoadBalancer = {
  /** Sorted by namespace and name; a Service without a listener of its own is not in the list. */
  readonly services: readonly ServedService[]
  /** Sorted by port, protocol, address. */
  readonly shared: readonly SharedListener[]
}

/** The Service that asked for a route. */
export type Owner = {
  readonly ref: ObjectRef & {readonly namespace: string}
  readonly origin?: Origin
}

/** A Service with the listeners that are its alone, and the upstreams of their routes. */
export type ServedService = Owner & {
  /** 12 hexadecimal digits that stand for namespace/name. */
  readonly id: string
  /** Sorted by port, protocol, address; never empty. */
  readonly listeners: readonly Listener[]
  /** Sorted by name; each has a server. */
  readonly upstreams: readonly Upstream[]
}

/** A listener that is allocated to several Services, and the upstreams of its routes. */
export type SharedListener = {
  /** Those that have a route now, sorted by namespace and name; never empty. */
  readonly owners: readonly Owner[]
  readonly listener: Listener
  /** Sorted by name; each has a server. No other listener uses them. */
  readonly upstreams: readonly Upstream[]
}

export type Listener = {
  readonly key: ListenerKey
  readonly settings: ListenerSettings
  /** Sorted by match (names, then all traffic), owner and port; never empty. Routes with equal matches share that traffic. */
  readonly routes: readonly Route[]
}

/** Which traffic of a listener goes to which upstreams, and who asked for that. */
export type Route = {
  readonly match: RouteMatch
  readonly owner: Owner['ref']
  /** Name of the Service's port, empty when it has none. */
  readonly portName: string
  readonly servicePort: number
  /** Never empty. */
  readonly upstreams: readonly WeightedUpstream[]
}

export type WeightedUpstream = {
  /** Name of an upstream of the same Service or shared listener. */
  readonly name: string
  /** A positive integer, relative to all upstreams of the routes with an equal match. */
  readonly weight: number
}

export type Upstream = {
  /**
   * ID_PORT_PROTOCOL_FAMILY, e.g. `5f1c2a3b4d5e_8080_tcp_ipv4`: the hash first, because NGINX compares names from the start.
   * The Service port follows if the Service has another port on the same listener, then a hash of the listener if it is shared.
   */
  readonly name: string
  readonly settings: UpstreamSettings
  /** Sorted by address and port; weights are reduced by their greatest common divisor. */
  readonly servers: readonly UpstreamServer[]
  /** What only a cluster can tell; where it is not empty, the one server is a stand-in marked down. */
  readonly unknown: readonly string[]
  /** Backends that were left out, and why, for the reader of the file. */
  readonly absent: readonly Absence[]
}

export type UpstreamServer = {
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly down: boolean
}

export type Absence = {
  /** `node worker-3`, `endpoint 10.0.0.7 of Pod web-1`. */
  readonly what: string
  readonly why: string
}
