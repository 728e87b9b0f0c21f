/**
 * Fields of a Service that Kubernetes does not know, as the strict validation of kubectl finds them
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/).
 */
import {isMapping, type Field} from './fields.js'

const OBJECT = ['apiVersion', 'kind', 'metadata', 'spec', 'status']

const METADATA = [
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
]

const SPEC = [
  'allocateLoadBalancerNodePorts',
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'ports',
  'publishNotReadyAddresses',
  'selector',
  'sessionAffinity',
  'sessionAffinityConfig',
  'trafficDistribution',
  'type',
]

const PORT = ['appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort']

/** An object that an API server has accepted has no unknown field, whatever a newer Kubernetes may have added. */
export function reportUnknownFields(object: Field): void {
  if (!object.get('metadata').get('uid').isAbsent) return
  const spec = object.get('spec')
  const ports = spec.get('ports')
  const affinity = spec.get('sessionAffinityConfig')
  reportUnknown(object, OBJECT)
  reportUnknown(object.get('metadata'), METADATA)
  reportUnknown(spec, SPEC)
  if (Array.isArray(ports.value)) for (const port of ports.items()) reportUnknown(port, PORT)
  reportUnknown(affinity, ['clientIP'])
  reportUnknown(affinity.get('clientIP'), ['timeoutSeconds'])
}

function reportUnknown(field: Field, known: readonly string[]): void {
  if (!isMapping(field.value)) return
  for (const [key, child] of field.entries()) if (!known.includes(key)) child.unknown(key, known)
}
