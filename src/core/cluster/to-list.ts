/** Converts a snapshot to a Kubernetes List with the fields that lbex uses. Reading the List gives the same snapshot. */
import type {Endpoint, EndpointPort, EndpointSlice, Node, Service} from './objects.js'
import type {ClusterSnapshot} from './snapshot.js'

/** An object of the Kubernetes API. Undefined fields are omitted by JSON.stringify. */
type ListItem = {readonly kind: string; readonly [field: string]: unknown}

export function toList({
  services,
  endpointSlices,
  endpoints,
  nodes,
  statusAddresses,
}: ClusterSnapshot): object {
  const addressesOf = ({ref}: Service): readonly string[] =>
    statusAddresses?.get(`${ref.namespace}/${ref.name}`) ?? []
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      ...services.map((service) => serviceManifest(service, addressesOf(service))),
      ...endpointSlices.map(sliceManifest),
      ...byObject(endpoints).map(endpointsManifest),
      ...nodes.map(nodeManifest),
    ],
  }
}

/** `addresses`: those in its status. */
function serviceManifest({ref, ...service}: Service, addresses: readonly string[]): ListItem {
  const {uid, creationTimestamp, deletionTimestamp, labels, annotations} = service
  const {clusterIPs, ipFamilies, hasSelector} = service
  const {name, namespace} = ref
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name, namespace, uid, creationTimestamp, deletionTimestamp, labels, annotations},
    spec: {
      type: service.type,
      ports: service.ports,
      clusterIP: clusterIPs[0],
      clusterIPs,
      ipFamilies,
      // The snapshot does not contain the labels of the selector.
      ...(hasSelector && {selector: {'lbex/not-recorded': 'true'}}),
      sessionAffinity: service.sessionAffinity,
      ...(service.affinityTimeout !== undefined && {
        sessionAffinityConfig: {clientIP: {timeoutSeconds: service.affinityTimeout}},
      }),
      externalTrafficPolicy: service.externalTrafficPolicy,
      internalTrafficPolicy: service.internalTrafficPolicy,
      trafficDistribution: service.trafficDistribution,
      healthCheckNodePort: service.healthCheckNodePort,
      publishNotReadyAddresses: service.publishNotReadyAddresses,
      allocateLoadBalancerNodePorts: service.allocateLoadBalancerNodePorts,
      loadBalancerClass: service.loadBalancerClass,
      loadBalancerSourceRanges: service.loadBalancerSourceRanges,
      loadBalancerIP: service.loadBalancerIP,
      externalIPs: service.externalIPs,
    },
    ...(addresses.length > 0 && {status: {loadBalancer: {ingress: addresses.map((ip) => ({ip}))}}}),
  }
}

function sliceManifest({ref, serviceName, addressType, endpoints, ports}: EndpointSlice): ListItem {
  const {name, namespace} = ref
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {name, namespace, labels: {'kubernetes.io/service-name': serviceName}},
    addressType,
    endpoints: endpoints.map(({addresses, conditions, nodeName, zoneHints, targetName}) => ({
      addresses,
      conditions,
      nodeName,
      ...(zoneHints && {hints: {forZones: zoneHints.map((name) => ({name}))}}),
      targetRef: podRef(targetName),
    })),
    ports,
  }
}

/** An Endpoints object may have been converted to several slices. */
function byObject(slices: readonly EndpointSlice[]): EndpointSlice[][] {
  const objects = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const {namespace, name} = slice.ref
    objects.set(`${namespace}/${name}`, [...(objects.get(`${namespace}/${name}`) ?? []), slice])
  }
  return [...objects.values()]
}

function endpointsManifest(slices: readonly EndpointSlice[]): ListItem {
  const {name, namespace} = slices[0]?.ref ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {name, namespace},
    subsets: slices.map(({endpoints, ports}) => subset(endpoints, ports)),
  }
}

function subset(endpoints: readonly Endpoint[], ports: readonly EndpointPort[]): object {
  const addresses = (ready: boolean): object[] =>
    endpoints
      .filter(({conditions}) => (conditions.ready ?? true) === ready)
      .map(({addresses: [ip], nodeName, targetName}) => ({ip, nodeName, targetRef: podRef(targetName)}))
  return {addresses: addresses(true), notReadyAddresses: addresses(false), ports}
}

function podRef(name: string | undefined): object | undefined {
  return name === undefined ? undefined : {kind: 'Pod', name}
}

function nodeManifest({ref, deletionTimestamp, labels, taints, addresses, ready}: Node): ListItem {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name: ref.name, deletionTimestamp, labels},
    spec: {taints: taints.map((key) => ({key, effect: 'NoSchedule'}))},
    status: {addresses, conditions: ready === undefined ? [] : [{type: 'Ready', status: ready}]},
  }
}
