/**
 * The objects of a cluster, as its API server returns them: Services with some endpoints each, on ten nodes. One of ten Services
 * uses node ports, the others connect directly to their Pods. The objects also have the usual fields that lbex does not need.
 */
import type {Manifest} from '../../test/support/api-double/history.js'

export type Size = {
  readonly services: number
  /** Endpoints of each Service. */
  readonly endpoints: number
  /** True if lbex is the load balancer of the Services, and publishes their status. */
  readonly published?: boolean
}

export const NODES = 10
/** Below the ports that tests use, and below the ephemeral ports of the kernel. */
const FIRST_PORT = 2100

/** The listen port of the Service at `index`. */
export function listenPort(index: number): number {
  return FIRST_PORT + index
}

export function isOnNodePorts(index: number): boolean {
  return index % 10 === 0
}

/** A loopback address, as the one backend listens on all of them. No two Services and no two rounds share an address. */
export function endpointAddress(index: number, {endpoints}: Size, round: number, number: number): string {
  const last = 1 + ((round * endpoints + number) % 250)
  return `127.${16 + (index >> 8)}.${index & 255}.${last}`
}

function nodeAddress(number: number): string {
  return `127.1.1.${number + 1}`
}

/** `backend`: port of the backend, which is also the node port. */
export function aService(index: number, backend: number, published = false): Manifest {
  const annotations = {
    'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
    'loadbalancer-port.lbex/http': String(listenPort(index)),
    ...(!isOnNodePorts(index) && {'loadbalancer.lbex/upstream-type': 'pod'}),
    'meta.helm.sh/release-name': `service-${index}`,
    'meta.helm.sh/release-namespace': namespaceOf(index),
  }
  return {
    kind: 'Service',
    metadata: {
      ...metadata(`service-${index}`, namespaceOf(index)),
      labels: {'app.kubernetes.io/name': `service-${index}`, 'app.kubernetes.io/managed-by': 'Helm'},
      annotations,
    },
    spec: {
      ...(published ? {type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'} : {type: 'NodePort'}),
      clusterIP: `10.96.${index >> 8}.${index & 255}`,
      clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Cluster',
      selector: {'app.kubernetes.io/name': `service-${index}`},
      sessionAffinity: 'None',
      ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort: backend}],
    },
    status: {loadBalancer: {}},
  }
}

/** The endpoints of the Service at `index` after `round` rollouts. */
export function aSlice(index: number, size: Size, round: number, backend: number): Manifest {
  const service = `service-${index}`
  return {
    kind: 'EndpointSlice',
    metadata: {
      ...metadata(`${service}-x7k2p`, namespaceOf(index)),
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': service,
      },
      annotations: {'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString()},
      ownerReferences: [
        {apiVersion: 'v1', kind: 'Service', name: service, uid: uid(index), controller: true},
      ],
    },
    addressType: 'IPv4',
    endpoints: Array.from({length: size.endpoints}, (_, number) => ({
      addresses: [endpointAddress(index, size, round, number)],
      conditions: {ready: true, serving: true, terminating: false},
      nodeName: `node-${(index + number) % NODES}`,
      targetRef: {
        kind: 'Pod',
        name: `${service}-5d8c7b9f6-${round}-${number}`,
        namespace: namespaceOf(index),
        uid: uid(number),
      },
      zone: `zone-${number % 3}`,
    })),
    ports: [{name: 'http', protocol: 'TCP', port: backend}],
  }
}

/** With dozens of labels and conditions, like nodes of cloud providers. */
export function aNode(number: number, ready: boolean): Manifest {
  const extra = Array.from({length: 20}, (_, label) => [`cloud.example.com/label-${label}`, `value-${label}`])
  return {
    kind: 'Node',
    metadata: {
      ...metadata(`node-${number}`),
      labels: {'kubernetes.io/hostname': `node-${number}`, ...Object.fromEntries(extra)},
    },
    spec: {podCIDR: `10.244.${number}.0/24`},
    status: {
      addresses: [
        {type: 'InternalIP', address: nodeAddress(number)},
        {type: 'Hostname', address: `node-${number}`},
      ],
      conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
        type,
        status: type === 'Ready' && ready ? 'True' : 'False',
        lastHeartbeatTime: new Date().toISOString(),
      })),
    },
  }
}

export function namespaceOf(index: number): string {
  return `team-${index % 20}`
}

/** About as long as the metadata that a real API server returns. */
function metadata(name: string, namespace?: string): Manifest['metadata'] {
  const fields = {'f:metadata': {'f:annotations': {'.': {}}, 'f:labels': {'.': {}}}, 'f:spec': {'f:type': {}}}
  const managedFields = ['helm', 'kube-controller-manager'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  }))
  return {name, ...(namespace !== undefined && {namespace}), managedFields}
}

function uid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
