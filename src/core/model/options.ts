/** What the operator and the host decide about how Services are served. */
import type {ListenerKey} from './listener-key.js'
import type {AddressPolicy, HostAddresses} from './address-policy.js'

export type ReservedPort = {
  readonly port: number
  /** Absent: both. */
  readonly protocol?: 'TCP' | 'UDP'
  /** What it is reserved for, as messages name it: `the health server`, `--reserved-port`. */
  readonly holder: string
}

/** What the data plane can do, as far as it decides how Services are served. Which version can do what, it knows itself. */
export type DataPlaneCapabilities = {
  /** Its name in messages: `NGINX 1.22.1`. */
  readonly name: string
  /** True if it can prefer the server that answers fastest. */
  readonly leastTime: boolean
}

export type ModelOptions = AddressPolicy &
  Pick<HostAddresses, 'listenAddresses'> & {
    /** What lbex itself listens on: the health server. */
    readonly ownListeners: readonly ListenerKey[]
    readonly reservedPorts: readonly ReservedPort[]
    /** True where NGINX is known to run without the right to listen on ports below 1024. */
    readonly unprivileged: boolean
    /** Use nodes labelled node.kubernetes.io/exclude-from-external-load-balancers all the same. */
    readonly includeExcludedNodes: boolean
    readonly capabilities: DataPlaneCapabilities
    /** False where the host has no IPv6. */
    readonly ipv6: boolean
    /** The ports of a Service beyond it are not served. */
    readonly maxListenersPerService: number
    /** Of all upstreams of a Service together; beyond it each one uses a sample of its servers. */
    readonly maxServersPerService: number
  }

/** The listeners of a TCP server that was given no address. */
export function onEveryAddress(port: number): ListenerKey[] {
  return ['0.0.0.0', '::'].map((address) => ({address, port, protocol: 'TCP'}))
}

export const DEFAULT_MODEL_OPTIONS: ModelOptions = {
  listenAddresses: {IPv4: ['0.0.0.0'], IPv6: ['::']},
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
  capabilities: {name: 'NGINX', leastTime: false},
  ipv6: true,
  maxListenersPerService: 1000,
  maxServersPerService: 10_000,
}
