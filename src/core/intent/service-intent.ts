/** The validated configuration of a Service: numbers, enums and addresses instead of the text of annotations. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ListenerSettings} from './listener-settings.js'
import type {UpstreamSettings} from './upstream-settings.js'
import type {Protocol, Service, ServicePort} from '../cluster/objects.js'

export type UpstreamType = 'node' | 'pod' | 'cluster-ip'
export type NodeSet = 'host' | 'all'
export type NodeAddressType = 'internal' | 'external'

/** A Service port to expose. */
export type PortIntent = {
  readonly port: ServicePort & {readonly protocol: Protocol}
  /** Index in spec.ports. */
  readonly index: number
  readonly listenPort: number
  /** The field that sets the listen port: an annotation, or the port in spec.ports. */
  readonly field: FieldPath
}

export type ServiceIntent = {
  readonly service: Service
  readonly ports: readonly PortIntent[]
  readonly upstreamType: UpstreamType
  readonly nodeSet: NodeSet
  readonly nodeAddressType: NodeAddressType
  readonly listenerSettings: ListenerSettings
  readonly upstreamSettings: UpstreamSettings
  /** True if the source ranges of the Service are not valid: no port is exposed. */
  readonly closed: boolean
}
