/**
 * The fields of API objects that lbex reads (https://kubernetes.io/docs/reference/kubernetes-api/). read-objects.ts validates
 * their types, so that an object with a wrong type affects no other object.
 */
import type {KubeObject} from '../../kube/answers.js'
import type {IpFamily} from '../../core/cluster/objects.js'

export type ApiMetadata = Omit<KubeObject['metadata'], 'resourceVersion'> & {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
}

export type ApiService = {
  readonly metadata: ApiMetadata
  readonly spec: {
    readonly type?: string
    readonly ports?: readonly {
      readonly name?: string
      readonly protocol?: string
      readonly port: number
      readonly targetPort?: number | string
      readonly nodePort?: number
    }[]
    readonly clusterIP?: string
    readonly clusterIPs?: readonly string[]
    readonly ipFamilies?: readonly IpFamily[]
    readonly selector?: Readonly<Record<string, string>>
    readonly sessionAffinity?: string
    readonly sessionAffinityConfig?: {readonly clientIP?: {readonly timeoutSeconds?: number}}
    readonly externalTrafficPolicy?: string
    readonly internalTrafficPolicy?: string
    readonly trafficDistribution?: string
    readonly healthCheckNodePort?: number
    readonly publishNotReadyAddresses?: boolean
    readonly allocateLoadBalancerNodePorts?: boolean
    readonly loadBalancerClass?: string
    readonly loadBalancerSourceRanges?: readonly string[]
    readonly loadBalancerIP?: string
    readonly externalIPs?: readonly string[]
  }
}

export type ApiEndpointPort = {readonly name?: string; readonly protocol?: string; readonly port?: number}

export type ApiEndpointSlice = {
  readonly metadata: ApiMetadata
  readonly addressType: string
  readonly endpoints?: readonly {
    readonly addresses: readonly string[]
    readonly conditions?: {
      readonly ready?: boolean
      readonly serving?: boolean
      readonly terminating?: boolean
    }
    readonly nodeName?: string
    readonly hints?: {readonly forZones?: readonly {readonly name: string}[]}
    readonly targetRef?: {readonly name?: string}
  }[]
  readonly ports?: readonly ApiEndpointPort[]
}

export type ApiEndpointAddress = {
  readonly ip: string
  readonly nodeName?: string
  readonly targetRef?: {readonly name?: string}
}

export type ApiEndpoints = {
  readonly metadata: ApiMetadata
  readonly subsets?: readonly {
    readonly addresses?: readonly ApiEndpointAddress[]
    readonly notReadyAddresses?: readonly ApiEndpointAddress[]
    readonly ports?: readonly ApiEndpointPort[]
  }[]
}

export type ApiNode = {
  readonly metadata: ApiMetadata
  readonly spec?: {readonly taints?: readonly {readonly key: string}[]}
  readonly status?: {
    readonly addresses?: readonly {readonly type: string; readonly address: string}[]
    readonly conditions?: readonly {readonly type: string; readonly status: string}[]
  }
}
