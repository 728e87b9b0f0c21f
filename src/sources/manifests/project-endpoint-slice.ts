/** Projects a discovery.k8s.io EndpointSlice to the fields that lbex uses. */
import type {Endpoint, EndpointPort, EndpointSlice} from '../../core/cluster/objects.js'
import {present, type Field} from './fields.js'
import {ENDPOINT_SLICE_FIELDS, reportUnknownFields} from './known-fields.js'
import {readMetadata} from './metadata.js'
import {PORT_NUMBERS, PROTOCOLS} from './ports.js'

const SERVICE_NAME = 'kubernetes.io/service-name'
const ADDRESS_TYPES = ['IPv4', 'IPv6', 'FQDN']

/** The slice without `ref` and `origin`. If the label is missing, `serviceName` is empty. */
export function projectEndpointSlice(object: Field): Omit<EndpointSlice, 'ref' | 'origin'> {
  const {labels} = readMetadata(object)
  reportUnknownFields(object, ENDPOINT_SLICE_FIELDS)
  const addressType = object.get('addressType')
  if (addressType.isAbsent) addressType.missing()
  return {
    serviceName: labels[SERVICE_NAME] ?? '',
    addressType: addressType.oneOf(ADDRESS_TYPES) ?? '',
    endpoints: object.get('endpoints').items().map(readEndpoint),
    ports: object.get('ports').items().map(readEndpointPort),
  }
}

function readEndpoint(field: Field): Endpoint {
  const endpoint = field.mapping()
  const addresses = endpoint.get('addresses')
  if (addresses.isAbsent) addresses.missing()
  return present({
    addresses: addresses.strings(),
    conditions: readConditions(endpoint.get('conditions').mapping()),
    nodeName: readNodeName(endpoint),
    zoneHints: readZoneHints(endpoint),
    targetName: endpoint.get('targetRef').mapping().get('name').string(),
  })
}

function readConditions(conditions: Field): Endpoint['conditions'] {
  return present({
    ready: conditions.get('ready').boolean(),
    serving: conditions.get('serving').boolean(),
    terminating: conditions.get('terminating').boolean(),
  })
}

function readZoneHints(endpoint: Field): string[] | undefined {
  const zones = endpoint.get('hints').mapping().get('forZones').items()
  const names = zones.flatMap((zone) => zone.mapping().get('name').string() ?? [])
  return names.length > 0 ? names : undefined
}

/** v1beta1 has the name of the node in `topology`. */
function readNodeName(endpoint: Field): string | undefined {
  const topology = endpoint.get('topology').mapping()
  return endpoint.get('nodeName').string() ?? topology.get('kubernetes.io/hostname').string()
}

/** v1 Endpoints have ports of the same form. */
export function readEndpointPort(field: Field): EndpointPort {
  const port = field.mapping()
  return present({
    name: port.get('name').string() ?? '',
    protocol: port.get('protocol').oneOf(PROTOCOLS) ?? 'TCP',
    port: port.get('port').integer(PORT_NUMBERS),
  })
}
