/** Options of the operator and of the host that affect how Services are served. */
import type {IntentOptions} from '../intent/options.js'
import type {ListenerKey} from './listener-key.js'
import type {AddressPolicy, HostAddresses} from './address-policy.js'

export type ReservedPort = {
  readonly port: number
  /** Absent for both protocols. */
  readonly protocol?: 'TCP' | 'UDP'
  /** What the port is reserved for, as shown in messages: `the health server`, `--reserved-port`. */
  readonly holder: string
}

/** What the data plane supports. Only the data plane itself knows which version supports what. */
/** lbex lacks the capability CAP_NET_ADMIN, or the host has no program `ss`. */
export type DrainObstacle = 'capability' | 'program'

export type DataPlaneCapabilities = {
  /** The name in messages: `NGINX 1.22.1`. */
  readonly name: string
  /** True if it supports the algorithm least_time. */
  readonly leastTime: boolean
  /** True if it can send version 2 of the PROXY protocol to servers. */
  readonly proxyProtocolV2: boolean
  /** True if it can take the client address from a PROXY protocol header. */
  readonly realClientAddress: boolean
  /** True if it can route TLS connections by server name (SNI). */
  readonly serverNames: boolean
  /** True if the server names of a listener can have different certificates. */
  readonly certificatePerName: boolean
  /** Why lbex cannot end connections to servers that are not used any more; absent if it can. */
  readonly drainObstacle?: DrainObstacle
}

export type ModelOptions = AddressPolicy &
  Pick<HostAddresses, 'listenAddresses'> &
  Pick<IntentOptions, 'zone'> & {
    /**
     * The addresses of the host that have a name, by name; they need not be in `listenAddresses` if a wildcard is. `unknown` if
     * the host is not known: then a Service may request any name.
     */
    readonly addressNames: Readonly<Record<string, readonly string[]>> | 'unknown'
    /** The listeners of lbex itself: the health server. */
    readonly ownListeners: readonly ListenerKey[]
    readonly reservedPorts: readonly ReservedPort[]
    /** True if NGINX is known to run without permission to listen on ports below 1024. */
    readonly unprivileged: boolean
    /** Also use nodes with the label node.kubernetes.io/exclude-from-external-load-balancers. */
    readonly includeExcludedNodes: boolean
    readonly capabilities: DataPlaneCapabilities
    /** False if the host does not support IPv6. */
    readonly ipv6: boolean
    /** Ports of a Service beyond this limit are not exposed. */
    readonly maxListenersPerService: number
    /** For all upstreams of a Service together. Beyond this limit, each upstream uses a sample of its servers. */
    readonly maxServersPerService: number
  }

/** The listeners of a TCP server that is started without an address. */
export function onEveryAddress(port: number): ListenerKey[] {
  return ['0.0.0.0', '::'].map((address) => ({address, port, protocol: 'TCP'}))
}

export const DEFAULT_MODEL_OPTIONS: ModelOptions = {
  listenAddresses: {IPv4: ['0.0.0.0'], IPv6: ['::']},
  addressNames: {},
  ownListeners: onEveryAddress(7331),
  reservedPorts: [
    {port: 22, protocol: 'TCP', holder: '--reserved-port'},
    {port: 10_250, protocol: 'TCP', holder: '--reserved-port'},
    {port: 7331, protocol: 'TCP', holder: 'the health server'},
  ],
  unprivileged: false,
  includeExcludedNodes: false,
  allowLocalEndpoints: false,
  deniedEndpoints: [],
  capabilities: {
    name: 'NGINX',
    leastTime: false,
    proxyProtocolV2: false,
    realClientAddress: true,
    serverNames: true,
    certificatePerName: false,
  },
  ipv6: true,
  maxListenersPerService: 1000,
  maxServersPerService: 10_000,
}
