/** Projects a discovery.k8s.io/v1 EndpointSlice of the API to the fields that lbex uses. */
import type {Endpoint, EndpointPort, EndpointSlice} from '../../core/cluster/objects.js'
import type {ApiEndpointPort, ApiEndpointSlice} from './api-types.js'
import {namespacedRef, present} from './project.js'

export const SERVICE_NAME = 'kubernetes.io/service-name'

export function projectEndpointSlice({
  metadata,
  addressType,
  endpoints,
  ports,
}: ApiEndpointSlice): EndpointSlice {
  return {
    ref: namespacedRef('EndpointSlice', metadata),
    serviceName: metadata.labels?.[SERVICE_NAME] ?? '',
    addressType,
    endpoints: (endpoints ?? []).map(projectEndpoint),
    ports: (ports ?? []).map(projectEndpointPort),
  }
}

type ApiEndpoint = NonNullable<ApiEndpointSlice['endpoints']>[number]

function projectEndpoint({addresses, conditions = {}, nodeName, hints, targetRef}: ApiEndpoint): Endpoint {
  const {forZones = []} = hints ?? {}
  const zoneHints = forZones.length > 0 ? forZones.map(({name}) => name) : undefined
  return present({addresses, conditions, nodeName, zoneHints, targetName: targetRef?.name})
}

/** v1 Endpoints have ports of the same form. */
export function projectEndpointPort({name = '', protocol = 'TCP', port}: ApiEndpointPort): EndpointPort {
  return present({name, protocol, port})
}
