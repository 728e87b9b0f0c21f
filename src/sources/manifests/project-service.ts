/** Projects a v1 Service to the fields that lbex uses. */
import type {IpFamily, Service, ServicePort} from '../../core/cluster/objects.js'
import {present, type Field} from './fields.js'
import {reportUnknownFields, SERVICE_FIELDS} from './known-fields.js'
import {readLabels, readMetadata, type ManifestMetadata} from './metadata.js'
import {labelProblem, portNameProblem, qualifiedNameProblem} from './names.js'
import {OPTIONAL_PORT_NUMBERS, PORT_NUMBERS, PROTOCOLS} from './ports.js'
import {checkOlderRanges, checkService} from './service-rules.js'

/** https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution */
const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']

/** The Service without `ref`, `origin` and `refused`, which the caller adds. */
export function projectService(object: Field): Omit<Service, 'ref' | 'origin' | 'refused'> {
  const metadata = readMetadata(object, labelProblem)
  const spec = object.get('spec').mapping()
  const ports = spec
    .get('ports')
    .items()
    .map((port) => port.mapping())
  const service = {
    labels: Object.keys(metadata.labels).length > 0 ? metadata.labels : undefined,
    annotations: metadata.annotations,
    ...readAcceptance(object.get('metadata'), metadata),
    type: spec.get('type').oneOf(TYPES) ?? 'ClusterIP',
    ports: ports.map(readPort),
    clusterIPs: readClusterIps(spec),
    ipFamilies: readFamilies(spec.get('ipFamilies')),
    hasSelector: Object.keys(readLabels(spec.get('selector'))).length > 0,
    sessionAffinity: spec.get('sessionAffinity').oneOf(['None', 'ClientIP']),
    affinityTimeout: readAffinityTimeout(spec),
    externalTrafficPolicy: spec.get('externalTrafficPolicy').oneOf(['Cluster', 'Local']),
    internalTrafficPolicy:
      spec.get('internalTrafficPolicy').oneOf(['Cluster', 'Local'], 'invalid') || undefined,
    trafficDistribution: spec.get('trafficDistribution').oneOf(TRAFFIC_DISTRIBUTIONS, 'invalid') || undefined,
    healthCheckNodePort: spec.get('healthCheckNodePort').integer(OPTIONAL_PORT_NUMBERS) || undefined,
    publishNotReadyAddresses: spec.get('publishNotReadyAddresses').boolean() || undefined,
    allocateLoadBalancerNodePorts: spec.get('allocateLoadBalancerNodePorts').boolean(),
    loadBalancerClass: readQualifiedName(spec.get('loadBalancerClass')),
    loadBalancerSourceRanges: unlessEmpty(spec.get('loadBalancerSourceRanges').strings()),
    loadBalancerIP: spec.get('loadBalancerIP').string() || undefined,
    externalIPs: unlessEmpty(spec.get('externalIPs').strings()),
  }
  checkService(service, spec, ports)
  checkOlderRanges(service, object.get('metadata').get('annotations'))
  reportUnknownFields(object, SERVICE_FIELDS)
  return present(service)
}

/**
 * The fields that the API server sets when it accepts an object. It replaces the times of a new object, so lbex ignores these
 * without a uid: an author must not be able to make a Service older than another one.
 */
function readAcceptance(
  field: Field,
  {uid, creationTimestamp, deletionTimestamp}: ManifestMetadata,
): Pick<Service, 'uid' | 'creationTimestamp' | 'deletionTimestamp'> {
  if (uid !== undefined) return {uid, creationTimestamp, deletionTimestamp}
  if (creationTimestamp !== undefined) field.get('creationTimestamp').setByServer()
  if (deletionTimestamp !== undefined) field.get('deletionTimestamp').setByServer()
  return {}
}

/** Invalid ports are kept, because their indexes are part of field paths. */
function readPort(port: Field): ServicePort {
  if (port.get('port').isAbsent) port.get('port').missing()
  readQualifiedName(port.get('appProtocol'))
  return present({
    name: readPortName(port.get('name')),
    protocol: port.get('protocol').oneOf(PROTOCOLS) ?? 'TCP',
    port: port.get('port').integer(PORT_NUMBERS) ?? 0,
    targetPort: readTargetPort(port.get('targetPort')),
    nodePort: port.get('nodePort').integer(OPTIONAL_PORT_NUMBERS) || undefined,
  })
}

function readPortName(field: Field): string {
  const name = field.string() ?? ''
  const problem = name === '' ? undefined : labelProblem(name)
  if (problem) field.invalid(problem)
  return name
}

function readQualifiedName(field: Field): string | undefined {
  const text = field.string()
  const problem = text === undefined ? undefined : qualifiedNameProblem(text)
  if (problem) field.invalid(problem)
  return text
}

function readTargetPort(field: Field): number | string | undefined {
  if (typeof field.value !== 'string') return field.integer(OPTIONAL_PORT_NUMBERS) || undefined
  if (field.value === '') return undefined
  const problem = portNameProblem(field.value)
  if (problem) field.invalid(problem)
  return field.value
}

/** A Service that was not applied yet may have only the older, singular field. */
function readClusterIps(spec: Field): string[] {
  const first = spec.get('clusterIP').string() || undefined
  const all = spec.get('clusterIPs').strings()
  return all.length > 0 ? all : first === undefined ? [] : [first]
}

/** At most one day, as in the API server. */
const AFFINITY_TIMEOUTS = {from: 1, to: 86_400}

function readAffinityTimeout(spec: Field): number | undefined {
  const config = spec.get('sessionAffinityConfig').mapping()
  return config.get('clientIP').mapping().get('timeoutSeconds').integer(AFFINITY_TIMEOUTS)
}

function unlessEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined
}

function readFamilies(field: Field): IpFamily[] {
  const families = field.items().map((item) => item.oneOf(['IPv4', 'IPv6']))
  return families.filter((family): family is IpFamily => family === 'IPv4' || family === 'IPv6')
}
