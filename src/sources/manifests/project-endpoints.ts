/** Converts a v1 Endpoints object to EndpointSlices: one for each address family in each subset. */
import {isIPv6} from 'node:net'
import type {Endpoint, EndpointPort, EndpointSlice} from '../../core/cluster/objects.js'
import {present, type Field} from './fields.js'
import {ENDPOINTS_FIELDS, reportUnknownFields} from './known-fields.js'
import {readMetadata} from './metadata.js'
import {readEndpointPort} from './project-endpoint-slice.js'

type Slice = Omit<EndpointSlice, 'ref' | 'origin' | 'serviceName'>

/** The slices without the fields that come from the metadata; an Endpoints object has the name of its Service. */
export function projectEndpoints(object: Field): Slice[] {
  readMetadata(object)
  reportUnknownFields(object, ENDPOINTS_FIELDS)
  return object
    .get('subsets')
    .items()
    .flatMap((subset) => readSubset(subset.mapping()))
}

function readSubset(subset: Field): Slice[] {
  const ports = subset.get('ports').items().map(readEndpointPort)
  const endpoints = [
    ...subset
      .get('addresses')
      .items()
      .map((address) => readAddress(address.mapping(), true)),
    ...subset
      .get('notReadyAddresses')
      .items()
      .map((address) => readAddress(address.mapping(), false)),
  ]
  return [...slicesOf('IPv4', endpoints, ports), ...slicesOf('IPv6', endpoints, ports)]
}

function readAddress(address: Field, ready: boolean): Endpoint {
  const ip = address.get('ip')
  if (ip.isAbsent) ip.missing()
  return present({
    addresses: [ip.string() ?? []].flat(),
    conditions: {ready},
    nodeName: address.get('nodeName').string(),
    targetName: address.get('targetRef').mapping().get('name').string(),
  })
}

/** A text that is not an IP address goes with IPv4, where it is reported. */
function slicesOf(
  family: 'IPv4' | 'IPv6',
  all: readonly Endpoint[],
  ports: readonly EndpointPort[],
): Slice[] {
  const endpoints = all.filter(({addresses}) => isIPv6(addresses[0] ?? '') === (family === 'IPv6'))
  return endpoints.length === 0 ? [] : [{addressType: family, endpoints, ports}]
}
