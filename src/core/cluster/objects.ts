/**
 * Kubernetes objects with only the fields that lbex uses. Sources create them; they are never modified. Field names are those
 * of the Kubernetes API, so that users know the field paths in diagnostics.
 */
import type {ObjectRef, Origin} from '../../diagnostics/diagnostic.js'
import type {CredentialReading} from './credentials.js'

type SnapshotObject = {
  readonly ref: ObjectRef
  readonly origin?: Origin
}

export type Protocol = 'TCP' | 'UDP'
export type IpFamily = 'IPv4' | 'IPv6'

export type ServicePort = {
  /** Empty if the port has no name. */
  readonly name: string
  /** Default TCP. SCTP and other protocols are kept so that they can be reported. */
  readonly protocol: string
  /** 1..65535, or 0 in a rejected Service whose port is missing or invalid. */
  readonly port: number
  readonly targetPort?: number | string
  readonly nodePort?: number
}

export type Service = SnapshotObject & {
  readonly ref: ObjectRef & {readonly namespace: string}
  /** Absent, like creationTimestamp, if the object was not read from an API server. */
  readonly uid?: string
  /** RFC 3339 */
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  /** Absent if empty. They select the Services that commands show. */
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Default ClusterIP. */
  readonly type: string
  readonly ports: readonly ServicePort[]
  /** All cluster IPs, including `None`; empty if unknown. */
  readonly clusterIPs: readonly string[]
  readonly ipFamilies: readonly IpFamily[]
  readonly hasSelector: boolean
  readonly sessionAffinity?: string
  /** spec.sessionAffinityConfig.clientIP.timeoutSeconds */
  readonly affinityTimeout?: number
  readonly externalTrafficPolicy?: string
  readonly internalTrafficPolicy?: string
  readonly trafficDistribution?: string
  /** Absent if not set, or 0. */
  readonly healthCheckNodePort?: number
  /** Absent if false. */
  readonly publishNotReadyAddresses?: boolean
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly loadBalancerClass?: string
  /** Absent if empty, like externalIPs. */
  readonly loadBalancerSourceRanges?: readonly string[]
  readonly loadBalancerIP?: string
  readonly externalIPs?: readonly string[]
  /** True if the API server would reject the object: its diagnostics are reported, but it is not served. */
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
  /** The zones in hints.forZones; absent if there are none. */
  readonly zoneHints?: readonly string[]
  /** Name of the Pod behind the endpoint, only for messages. */
  readonly targetName?: string
}

export type EndpointPort = {
  /** Empty if the port has no name. */
  readonly name: string
  readonly protocol: string
  readonly port?: number
}

/** discovery.k8s.io/v1 EndpointSlice. A v1 Endpoints object is converted to one slice for each family and set of ports. */
export type EndpointSlice = SnapshotObject & {
  readonly ref: ObjectRef & {readonly namespace: string}
  /** From the label kubernetes.io/service-name. */
  readonly serviceName: string
  readonly addressType: string
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

export type NodeAddress = {readonly type: string; readonly address: string}

export type Node = SnapshotObject & {
  readonly deletionTimestamp?: string
  readonly labels: Readonly<Record<string, string>>
  readonly addresses: readonly NodeAddress[]
  /** Keys of the node's taints. */
  readonly taints: readonly string[]
  /** Status of the Ready condition; absent if the node has no such condition. */
  readonly ready?: 'True' | 'False' | 'Unknown'
}

/** A Secret, as a Service in its namespace names it. */
export type SecretName = {readonly namespace: string; readonly name: string}

/** A v1 Secret whose content was read, or the reason why it could not be read. */
export type Secret = SnapshotObject & {
  readonly ref: ObjectRef & {readonly namespace: string}
} & (SecretContent | UnreadableSecret)

export type SecretContent = {
  /** `kubernetes.io/tls`, `Opaque`. */
  readonly type: string
  /** Of `tls.crt` and `tls.key`. */
  readonly certificate: CredentialReading
  /** Of `ca.crt`. */
  readonly authorities: CredentialReading
}

export type UnreadableSecret = {
  readonly unreadable:
    | {readonly why: 'forbidden'; /** The RBAC rule that is missing. */ readonly rule: string}
    /** The API server gave no answer yet; `message` is the last failure. */
    | {readonly why: 'unanswered'; readonly message: string}
    /** Services name more Secrets than lbex reads; `limit` is that number. */
    | {readonly why: 'limit'; readonly limit: number}
}
