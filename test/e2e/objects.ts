/**
 * Objects that a real API server accepts too. It takes no endpoints on loopback, so Services lead to node ports of nodes
 * whose addresses are loopback addresses of this host; and it gives no node port twice.
 */
import type {Manifest} from '../support/api-double/history.js'

const SERVICE_NAME = 'kubernetes.io/service-name'

export type ServiceDetails = {
  /** Port of the host. */
  readonly listen: number
  /** Port of the backends. */
  readonly nodePort: number
  readonly protocol?: 'TCP' | 'UDP'
  readonly annotations?: Readonly<Record<string, string>>
}

/** A Service of ours in namespace `default`. */
export function aService(name: string, details: ServiceDetails): Manifest {
  const {listen, nodePort, protocol = 'TCP', annotations = {}} = details
  return {
    kind: 'Service',
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
        'loadbalancer-port.lbex/main': `${listen}`,
        ...annotations,
      },
    },
    spec: {
      type: 'NodePort',
      ipFamilies: ['IPv4'],
      selector: {app: name},
      ports: [{name: 'main', protocol, port: 80, targetPort: 8080, nodePort}],
    },
  }
}

export type EndpointDetails = {
  /** Absent: the endpoint does not say where it runs. */
  readonly node?: string
  readonly ready?: boolean
  /** True for the endpoint of a Pod that is being deleted, and still serves. */
  readonly terminating?: boolean
}

/** The slice of a Service: an endpoint on each of the nodes. */
export function aSlice(
  service: string,
  endpoints: readonly EndpointDetails[] = [{node: 'node-1'}],
  protocol: 'TCP' | 'UDP' = 'TCP',
): Manifest {
  return {
    kind: 'EndpointSlice',
    metadata: {name: `${service}-1`, namespace: 'default', labels: {[SERVICE_NAME]: service}},
    addressType: 'IPv4',
    endpoints: endpoints.map(({node, ready = true, terminating = false}, index) => ({
      addresses: [`10.200.${index >> 8}.${index & 255}`],
      conditions: {ready: ready && !terminating, serving: ready, terminating},
      ...(node !== undefined && {nodeName: node}),
    })),
    ports: [{name: 'main', protocol, port: 8080}],
  }
}

export type NodeDetails = {
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly labels?: Readonly<Record<string, string>>
  readonly cordoned?: boolean
  /** Default InternalIP. */
  readonly addressType?: string
}

export function aNode(name: string, address: string, details: NodeDetails = {}): Manifest {
  const {ready = 'True', labels = {}, cordoned = false, addressType = 'InternalIP'} = details
  return {
    kind: 'Node',
    metadata: {name, labels},
    spec: cordoned ? {unschedulable: true} : {},
    status: {
      addresses: [{type: addressType, address}],
      conditions: [{type: 'Ready', status: ready, reason: 'Test', message: 'as the test has it'}],
    },
  }
}
