/** Converts a v1 Endpoints object of the API to EndpointSlices: one for each address family in each subset. */
import {isIPv6} from 'node:net'
import type {Endpoint, EndpointSlice} from '../../core/cluster/objects.js'
import type {ApiEndpointAddress, ApiEndpoints} from './api-types.js'
import {namespacedRef, present} from './project.js'
import {projectEndpointPort} from './project-endpoint-slice.js'

export function projectEndpoints({metadata, subsets}: ApiEndpoints): EndpointSlice[] {
  const about = {ref: namespacedRef('Endpoints', metadata), serviceName: metadata.name}
  return (subsets ?? []).flatMap(({addresses, notReadyAddresses, ports}) => {
    const endpoints = [
      ...(addresses ?? []).map(asReady(true)),
      ...(notReadyAddresses ?? []).map(asReady(false)),
    ]
    const shared = {...about, ports: (ports ?? []).map(projectEndpointPort)}
    return [
      ...slices(
        {...shared, addressType: 'IPv4'},
        endpoints.filter((endpoint) => !hasIPv6(endpoint)),
      ),
      ...slices({...shared, addressType: 'IPv6'}, endpoints.filter(hasIPv6)),
    ]
  })
}

function asReady(ready: boolean): (address: ApiEndpointAddress) => Endpoint {
  return ({ip, nodeName, targetRef}) =>
    present({addresses: [ip], conditions: {ready}, nodeName, targetName: targetRef?.name})
}

function hasIPv6({addresses}: Endpoint): boolean {
  return isIPv6(addresses[0] ?? '')
}

function slices(slice: Omit<EndpointSlice, 'endpoints'>, endpoints: readonly Endpoint[]): EndpointSlice[] {
  return endpoints.length === 0 ? [] : [{...slice, endpoints}]
}
