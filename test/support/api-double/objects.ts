/** Objects as a real API server holds them, in a line. */
import type {Manifest} from './history.js'

export function apiService(
  name: string,
  {namespace = 'default', port = 80, annotations = {}}: ServiceDetails = {},
): Manifest {
  return {
    kind: 'Service',
    metadata: {name, namespace, annotations},
    spec: {
      type: 'NodePort',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ipFamilies: ['IPv4'],
      selector: {app: name},
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      ports: [{name: 'main', protocol: 'TCP', port, targetPort: 8080, nodePort: 30_000}],
    },
    status: {loadBalancer: {}},
  }
}

type ServiceDetails = {
  readonly namespace?: string
  readonly port?: number
  readonly annotations?: Readonly<Record<string, string>>
}

/** One slice of the Service of that name, with an endpoint for each address. */
export function apiSlice(
  service: string,
  addresses: readonly string[],
  details: SliceDetails = {},
): Manifest {
  const {namespace = 'default', ready = true, annotations = {}} = details
  return {
    kind: 'EndpointSlice',
    metadata: {name: `${service}-1`, namespace, labels: {'kubernetes.io/service-name': service}, annotations},
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({
      addresses: [address],
      conditions: {ready, serving: ready, terminating: false},
      nodeName: 'node-1',
      targetRef: {kind: 'Pod', name: `pod-${address}`},
    })),
    ports: [{name: 'main', protocol: 'TCP', port: 8080}],
  }
}

type SliceDetails = {
  readonly namespace?: string
  readonly ready?: boolean
  readonly annotations?: Readonly<Record<string, string>>
}

/** The v1 Endpoints object of the Service of that name. */
export function apiEndpoints(service: string, addresses: readonly string[]): Manifest {
  return {
    kind: 'Endpoints',
    metadata: {name: service, namespace: 'default'},
    subsets: [
      {
        addresses: addresses.map((ip) => ({
          ip,
          nodeName: 'node-1',
          targetRef: {kind: 'Pod', name: `pod-${ip}`},
        })),
        ports: [{name: 'main', protocol: 'TCP', port: 8080}],
      },
    ],
  }
}

/** `heartbeat`: what a kubelet changes every few minutes. */
export function apiNode(name: string, address: string, heartbeat = '2030-01-31T12:00:00Z'): Manifest {
  return {
    kind: 'Node',
    metadata: {name, labels: {'kubernetes.io/hostname': name}},
    spec: {},
    status: {
      addresses: [{type: 'InternalIP', address}],
      conditions: [{type: 'Ready', status: 'True', lastHeartbeatTime: heartbeat}],
    },
  }
}
