/** The objects of the API, checked as far as they are read. */
import type {ApiEndpoints, ApiEndpointSlice, ApiNode, ApiService} from './api-types.js'
import {
  flag,
  integer,
  integerOrText,
  list,
  mapping,
  oneOf,
  optional,
  text,
  texts,
  type Read,
} from './shape.js'

const metadata = mapping({
  name: text,
  namespace: optional(text),
  labels: optional(texts),
  annotations: optional(texts),
  creationTimestamp: optional(text),
  deletionTimestamp: optional(text),
})

const servicePort = mapping({
  name: optional(text),
  protocol: optional(text),
  port: integer,
  targetPort: optional(integerOrText),
  nodePort: optional(integer),
})

const serviceSpec = mapping({
  type: optional(text),
  ports: optional(list(servicePort)),
  clusterIP: optional(text),
  clusterIPs: optional(list(text)),
  ipFamilies: optional(list(oneOf('IPv4', 'IPv6'))),
  selector: optional(texts),
  sessionAffinity: optional(text),
  externalTrafficPolicy: optional(text),
  allocateLoadBalancerNodePorts: optional(flag),
  loadBalancerClass: optional(text),
})

export const readService = mapping({metadata, spec: serviceSpec}) as Read<ApiService>

const endpointPort = mapping({name: optional(text), protocol: optional(text), port: optional(integer)})

const targetRef = optional(mapping({name: optional(text)}))

const endpoint = mapping({
  addresses: list(text),
  conditions: optional(
    mapping({ready: optional(flag), serving: optional(flag), terminating: optional(flag)}),
  ),
  nodeName: optional(text),
  targetRef,
})

export const readEndpointSlice = mapping({
  metadata,
  addressType: text,
  endpoints: optional(list(endpoint)),
  ports: optional(list(endpointPort)),
}) as Read<ApiEndpointSlice>

const endpointAddresses = optional(list(mapping({ip: text, nodeName: optional(text), targetRef})))

export const readEndpoints = mapping({
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
}) as Read<ApiEndpoints>

export const readNode = mapping({
  metadata,
  spec: optional(mapping({taints: optional(list(mapping({key: text})))})),
  status: optional(
    mapping({
      addresses: optional(list(mapping({type: text, address: text}))),
      conditions: optional(list(mapping({type: text, status: text}))),
    }),
  ),
}) as Read<ApiNode>
