/**
 * Kubernetes objects, projected to the fields that lbex uses. A source makes them; nothing changes them afterwards.
 * Field names are those of the Kubernetes API, so that a field path in a diagnostic is one the user knows.
 */
import type {ObjectRef, Origin} from '../../diagnostics/diagnostic.js'

type ApiObject = {
  readonly ref: ObjectRef
  readonly origin?: Origin
}

export type Protocol = 'TCP' | 'UDP'
export type IpFamily = 'IPv4' | 'IPv6'

export type ServicePort = {
  /** Empty when the port has no name. */
  readonly name: string
  /** Default TCP. SCTP, and whatever comes after it, is kept so that it can be reported. */
  readonly protocol: string
  /** 1..65535, or 0 in a refused Service whose port is missing or no such number. */
  readonly port: number
  readonly targetPort?: number | string
  readonly nodePort?: number
}

export type Service = ApiObject & {
  readonly ref: ObjectRef & {readonly namespace: string}
  /** Absent if no API server has accepted the object, as is creationTimestamp. */
  readonly uid?: string
  /** RFC 3339 */
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly annotations: Readonly<Record<string, string>>
  /** Default ClusterIP. */
  readonly type: string
  readonly ports: readonly ServicePort[]
  /** Every cluster IP, `None` included; empty where none is known. */
  readonly clusterIPs: readonly string[]
  readonly ipFamilies: readonly IpFamily[]
  readonly hasSelector: boolean
  readonly sessionAffinity?: string
  /** spec.sessionAffinityConfig.clientIP.timeoutSeconds */
  readonly affinityTimeout?: number
  readonly externalTrafficPolicy?: string
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly loadBalancerClass?: string
  /** Absent if empty, as are externalIPs. */
  readonly loadBalancerSourceRanges?: readonly string[]
  readonly loadBalancerIP?: string
  readonly externalIPs?: readonly string[]
  /** True when the API server would not accept the object: it is judged, but never served. */
  readonly refused?: boolean
}

export type EndpointConditions = {
  readonly ready?: boolean
  readonly serving?: boolean
  readonly terminating?: boolean
}

export type Endpoint = {
  readonly addresses: readonly string[]
  readonly conditions: EndpointConditions
  readonly nodeName?: string
  /** Name of the Pod behind the endpoint, for words only. */
  readonly targetName?: string
}

export type EndpointPort = {
  /** Empty when the port has no name. */
  readonly name: string
  readonly protocol: string
  readonly port?: number
}

/** discovery.k8s.io/v1 EndpointSlice; a v1 Endpoints object is read as one slice for each family and set of ports. */
export type EndpointSlice = ApiObject & {
  readonly ref: ObjectRef & {readonly namespace: string}
  /** From the label kubernetes.io/service-name. */
  readonly serviceName: string
  readonly addressType: string
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

export type NodeAddress = {readonly type: string; readonly address: string}

export type Node = ApiObject & {
  readonly deletionTimestamp?: string
  readonly labels: Readonly<Record<string, string>>
  readonly addresses: readonly NodeAddress[]
  /** Keys of the node's taints. */
  readonly taints: readonly string[]
  /** Status of the Ready condition; absent when there is no such condition. */
  readonly ready?: 'True' | 'False' | 'Unknown'
}
