/**
 * Reports fields that Kubernetes does not know, as the strict validation of kubectl does
 * (https://kubernetes.io/docs/reference/kubernetes-api/).
 */
import {ENDPOINT_FIELDS, NODE_SPEC_FIELDS, SERVICE_SPEC_FIELDS} from '../../core/cluster/supported-fields.js'
import {isMapping, type Field} from './fields.js'

/** The keys of a mapping, or of each mapping in a list; some with the keys below them. */
type KnownFields = {readonly [key: string]: KnownFields | undefined}

function keys(...names: readonly string[]): KnownFields {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

const METADATA = keys(
  'annotations',
  'clusterName',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
)

const OBJECT: KnownFields = {...keys('apiVersion', 'kind'), metadata: METADATA}

const TARGET_REF = keys('apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid')

export const SERVICE_FIELDS: KnownFields = {
  ...OBJECT,
  ...keys('status'),
  spec: {
    ...keys(...Object.keys(SERVICE_SPEC_FIELDS)),
    ports: keys('appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort'),
    sessionAffinityConfig: {clientIP: keys('timeoutSeconds')},
  },
}

const ENDPOINT_PORT = keys('appProtocol', 'name', 'port', 'protocol')

/** The fields of v1, and `topology` of v1beta1. */
export const ENDPOINT_SLICE_FIELDS: KnownFields = {
  ...OBJECT,
  ...keys('addressType'),
  endpoints: {
    ...keys(...Object.keys(ENDPOINT_FIELDS), 'topology'),
    conditions: keys('ready', 'serving', 'terminating'),
    hints: {forNodes: keys('name'), forZones: keys('name')},
    targetRef: TARGET_REF,
  },
  ports: ENDPOINT_PORT,
}

const ENDPOINT_ADDRESS: KnownFields = {...keys('hostname', 'ip', 'nodeName'), targetRef: TARGET_REF}

export const ENDPOINTS_FIELDS: KnownFields = {
  ...OBJECT,
  subsets: {addresses: ENDPOINT_ADDRESS, notReadyAddresses: ENDPOINT_ADDRESS, ports: ENDPOINT_PORT},
}

/** In the status, only addresses and conditions are checked: lbex reads no other fields. */
export const NODE_FIELDS: KnownFields = {
  ...OBJECT,
  spec: {
    ...keys(...Object.keys(NODE_SPEC_FIELDS)),
    taints: keys('effect', 'key', 'timeAdded', 'value'),
  },
  status: {
    ...keys(
      'allocatable',
      'capacity',
      'config',
      'daemonEndpoints',
      'declaredFeatures',
      'features',
      'images',
      'nodeInfo',
      'phase',
      'runtimeHandlers',
      'volumesAttached',
      'volumesInUse',
    ),
    addresses: keys('address', 'type'),
    conditions: keys('lastHeartbeatTime', 'lastTransitionTime', 'message', 'reason', 'status', 'type'),
  },
}

/** Skips objects that an API server has accepted: they have fields of a newer Kubernetes, but no unknown ones. */
export function reportUnknownFields(object: Field, known: KnownFields): void {
  if (object.get('metadata').get('uid').isAbsent) reportUnknown(object, known)
}

function reportUnknown(field: Field, known: KnownFields): void {
  const mappings = Array.isArray(field.value) ? field.items() : [field]
  for (const mapping of mappings.filter(({value}) => isMapping(value))) {
    for (const [key, child] of mapping.entries()) {
      if (!Object.hasOwn(known, key)) child.unknown(key, Object.keys(known))
      else if (known[key]) reportUnknown(child, known[key])
    }
  }
}
