/** What the owner of a Service asked for, validated: numbers, enums and addresses instead of annotation text. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ListenerSettings} from './listener-settings.js'
import type {UpstreamSettings} from './upstream-settings.js'
import type {Protocol, Service, ServicePort} from '../cluster/objects.js'

export type UpstreamType = 'node' | 'pod' | 'cluster-ip'
export type NodeSet = 'host' | 'all'
export type NodeAddressType = 'internal' | 'external'

/** A Service port that is to be exposed. */
export type PortIntent = {
  readonly port: ServicePort & {readonly protocol: Protocol}
  /** Position in the Service's list of ports. */
  readonly index: number
  readonly listenPort: number
  /** Where the listen port was asked for: an annotation, or the Service's own port. */
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
  /** The owner restricts who may connect in a form that is not valid: no port is open. */
  readonly closed: boolean
}
