/**
 * What the load balancer is to do, decided and checked: listeners, upstreams and servers, ready to be written down.
 * Only parsed numbers, enums and addresses are in here; names of objects appear for people alone.
 */
import type {ListenerKey} from './listener-key.js'
import type {ObjectRef, Origin} from '../../diagnostics/diagnostic.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'

export type LoadBalancer = {
  /** Sorted by namespace and name; Services that serve nothing are not in the list. */
  readonly services: readonly ServedService[]
}

export type ServedService = {
  readonly ref: ObjectRef & {readonly namespace: string}
  readonly origin?: Origin
  /** 12 hexadecimal digits that stand for namespace/name. */
  readonly id: string
  /** Sorted by port, protocol, address; never empty. */
  readonly listeners: readonly Listener[]
  /** Sorted by name; each has a server. */
  readonly upstreams: readonly Upstream[]
}

export type Listener = {
  readonly key: ListenerKey
  /** Name of the Service's port, empty when it has none. */
  readonly portName: string
  readonly servicePort: number
  /** Name of one of the Service's upstreams. */
  readonly upstream: string
  readonly settings: ListenerSettings
}

export type Upstream = {
  /** ID_PORT_PROTOCOL_FAMILY, e.g. `5f1c2a3b4d5e_8080_tcp_ipv4`: the hash first, because NGINX compares names from the start. */
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
