/** Validates objects of the API, and keeps the fields that lbex reads. */
import type {ApiEndpoints, ApiEndpointSlice, ApiNode, ApiService, ApiMetadata} from './api-types.js'
import {
  flag,
  integer,
  integerOrText,
  list,
  mapping,
  oneOf,
  optional,
  portNumber,
  text,
  texts,
} from './shape.js'

const metadata = mapping<ApiMetadata>({
  name: text,
  namespace: optional(text),
  uid: optional(text),
  labels: optional(texts),
  annotations: optional(texts),
  creationTimestamp: optional(text),
  deletionTimestamp: optional(text),
})

const servicePort = mapping({
  name: optional(text),
  protocol: optional(text),
  port: portNumber(1),
  targetPort: optional(integerOrText),
  nodePort: optional(portNumber(0)),
})

const serviceSpec = mapping<ApiService['spec']>({
  type: optional(text),
  ports: optional(list(servicePort)),
  clusterIP: optional(text),
  clusterIPs: optional(list(text)),
  ipFamilies: optional(list(oneOf('IPv4', 'IPv6'))),
  selector: optional(texts),
  sessionAffinity: optional(text),
  sessionAffinityConfig: optional(
    mapping({clientIP: optional(mapping({timeoutSeconds: optional(integer)}))}),
  ),
  externalTrafficPolicy: optional(text),
  internalTrafficPolicy: optional(text),
  trafficDistribution: optional(text),
  healthCheckNodePort: optional(portNumber(0)),
  publishNotReadyAddresses: optional(flag),
  allocateLoadBalancerNodePorts: optional(flag),
  loadBalancerClass: optional(text),
  loadBalancerSourceRanges: optional(list(text)),
  loadBalancerIP: optional(text),
  externalIPs: optional(list(text)),
})

export const readService = mapping<ApiService>({metadata, spec: serviceSpec})

const endpointPort = mapping({name: optional(text), protocol: optional(text), port: optional(integer)})

const targetRef = optional(mapping({name: optional(text)}))

const endpoint = mapping({
  addresses: list(text),
  conditions: optional(
    mapping({ready: optional(flag), serving: optional(flag), terminating: optional(flag)}),
  ),
  nodeName: optional(text),
  hints: optional(mapping({forZones: optional(list(mapping({name: text})))})),
  targetRef,
})

export const readEndpointSlice = mapping<ApiEndpointSlice>({
  metadata,
  addressType: text,
  endpoints: optional(list(endpoint)),
  ports: optional(list(endpointPort)),
})

const endpointAddresses = optional(list(mapping({ip: text, nodeName: optional(text), targetRef})))

export const readEndpoints = mapping<ApiEndpoints>({
  metadata,
  subsets: optional(
    list(
      mapping({
        addresses: endpointAddresses,
        notReadyAddresses: endpointAddresses,
        ports: optional(list(endpointPort)),
      }),
    ),
  ),
})

export const readNode = mapping<ApiNode>({
  metadata,
  spec: optional(mapping({taints: optional(list(mapping({key: text})))})),
  status: optional(
    mapping({
      addresses: optional(list(mapping({type: text, address: text}))),
      conditions: optional(list(mapping({type: text, status: text}))),
    }),
  ),
})
