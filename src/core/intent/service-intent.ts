/** The validated configuration of a Service: numbers, enums and addresses instead of the text of annotations. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {RequestedAddresses} from './listen-addresses.js'
import type {RequestedPool} from './pool-request.js'
import type {PortRange} from './port-range.js'
import type {PortSettings} from './port-settings.js'
import type {Sharing} from './sharing.js'
import type {Protocol, Service, ServicePort} from '../cluster/objects.js'

export type UpstreamType = 'node' | 'pod' | 'cluster-ip'
export type NodeSet = 'host' | 'all'
export type NodeAddressType = 'internal' | 'external'

/** A Service port to expose, and at which port. */
export type ExposedPort = {
  readonly port: ServicePort & {readonly protocol: Protocol}
  /** Index in spec.ports. */
  readonly index: number
  readonly listenPort: number
  /** The range of listen ports that `listenPort` is one of: the first one in an intent. Absent: a single listen port. */
  readonly range?: PortRange
  /** The field that sets the listen port: an annotation, or the port in spec.ports. */
  readonly field: FieldPath
}

/** A Service port to expose, with its settings. */
export type PortIntent = ExposedPort &
  PortSettings & {
    /** Absent: the port takes all traffic of its listener. */
    readonly sharing?: Sharing
  }

export type ServiceIntent = {
  readonly service: Service
  readonly ports: readonly PortIntent[]
  readonly addresses: RequestedAddresses
  /** If it is a request, the Service gets its addresses from a pool, and `addresses` are those that it states. */
  readonly pool: RequestedPool
  readonly upstreamType: UpstreamType
  readonly nodeSet: NodeSet
  readonly nodeAddressType: NodeAddressType
  /** True if lbex cannot read a restriction of the Service, such as its source ranges: no port is exposed. */
  readonly closed: boolean
}

/**
 * True if only nodes with an endpoint are servers of node upstreams. With externalTrafficPolicy Local, a node without an endpoint
 * drops the traffic, whatever node-set says.
 */
export function usesEndpointNodes({nodeSet, service}: Pick<ServiceIntent, 'nodeSet' | 'service'>): boolean {
  return nodeSet === 'host' || service.externalTrafficPolicy === 'Local'
}
