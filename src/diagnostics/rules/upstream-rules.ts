/** Which backends get traffic, and which are skipped. */
import {listed, quote, rule, some} from '../rule.js'

/** Why an address may not be a server. */
export type AddressRefusal =
  'loopback' | 'link-local' | 'site-local' | 'unspecified' | 'multicast' | 'broadcast' | 'metadata' | 'denied'

export const REFUSALS: Readonly<Record<AddressRefusal, string>> = {
  loopback: 'a loopback address refers to the host itself',
  'link-local': 'a link-local address is not routable',
  'site-local': 'a site-local address (fec0::/10) is deprecated and ambiguous',
  unspecified: 'the unspecified address refers to the host itself',
  multicast: 'a multicast address does not identify a single server',
  broadcast: 'the broadcast address does not identify a single server',
  metadata: 'it is the address of a cloud metadata service',
  denied: 'the address is in a range of --deny-endpoints',
}

const REFUSAL_ADVICE: Readonly<Record<AddressRefusal, string>> = {
  loopback:
    'use an address that other hosts can reach; on a test host, run lbex with --allow-local-endpoints',
  'link-local': 'use an address that other hosts can reach',
  'site-local': 'use a unique local address (fd00::/8), or another address that other hosts can reach',
  unspecified: 'use an address that other hosts can reach',
  multicast: 'use the address of a Pod or a node',
  broadcast: 'use the address of a Pod or a node',
  metadata: 'use the address of a Pod or a node; a metadata service gives away credentials of the host',
  denied: 'use another address, or ask the operator of lbex to change --deny-endpoints',
}

/** `node b has`, `nodes a, b have`. */
function those(noun: string, names: readonly string[], one: string, several: string): string {
  return `${some(noun, names)} ${names.length === 1 ? one : several}`
}

export const UPSTREAM_RULES = {
  'node-port-missing': rule({
    severity: 'error',
    message: ({why}: {why: string; advice?: string}) =>
      `node upstreams need a node port, but ${why}; this port is not exposed`,
    hint: ({advice}) => advice ?? 'use type NodePort, or set loadbalancer.lbex/upstream-type: pod',
    reason: 'With upstream-type node, lbex sends traffic to NODE-ADDRESS:NODE-PORT.',
  }),
  'cluster-ip-missing': rule({
    severity: 'error',
    message: ({family}: {family: string}) =>
      `the Service has no ${family} cluster IP; this port is not exposed to ${family} clients`,
    hint: () => 'set loadbalancer.lbex/upstream-type: pod or node',
    reason: 'With upstream-type cluster-ip, lbex sends traffic to CLUSTER-IP:PORT.',
  }),
  'no-backend': rule({
    severity: 'error',
    message: ({
      listener,
      why,
      isShared,
    }: {
      listener: string
      why: string
      advice?: string
      /** True if other Services may have the same listener. */
      isShared?: boolean
    }) =>
      isShared
        ? `NGINX rejects the traffic of this Service on ${listener}: ${why}`
        : `${listener} is closed: ${why}`,
    hint: ({advice}) => advice,
    reason:
      'lbex does not listen on a port that has no usable backend, so that clients get "connection refused" instead of a timeout. On a port that several Services share, NGINX closes the connections for this Service; other Services do not get them.',
  }),
  'node-address-missing': rule({
    severity: 'warning',
    message: ({nodes, wanted}: {nodes: readonly string[]; wanted: string; advice: string}) =>
      those('node', nodes, `has no ${wanted} and is skipped`, `have no ${wanted} and are skipped`),
    hint: ({advice}) => advice,
    reason: 'node-address-type chooses between InternalIP and ExternalIP in the status of a Node.',
  }),
  'endpoint-without-node': rule({
    severity: 'warning',
    message: ({addresses}: {addresses: readonly string[]}) =>
      those('endpoint', addresses, 'has no nodeName and is skipped', 'have no nodeName and are skipped'),
    hint: () => 'set loadbalancer.lbex/node-set: all, or loadbalancer.lbex/upstream-type: pod',
    reason: 'With node-set host, only nodes that run a ready endpoint get traffic.',
  }),
  'node-unknown': rule({
    severity: 'warning',
    message: ({nodes}: {nodes: readonly string[]}) =>
      those(
        'node',
        nodes,
        'does not exist and is skipped, although endpoints refer to it',
        'do not exist and are skipped, although endpoints refer to them',
      ),
    hint: () =>
      'kubectl get nodes lists the nodes; an EndpointSlice that was written by hand may have a misspelt nodeName',
    reason: 'An endpoint refers to a Node that does not exist (any more), so its address is unknown.',
  }),
  'address-invalid': rule({
    severity: 'warning',
    message: ({address, family}: {address: string; family: string}) =>
      `${quote(address)} is not an ${family} address; this endpoint is skipped`,
    hint: () => 'use an IP address, in an EndpointSlice with the addressType of its family',
    reason:
      'lbex writes only addresses to the configuration: NGINX rejects its whole configuration if a host name does not resolve.',
  }),
  'address-refused': rule({
    severity: 'warning',
    message: ({noun, names, refusal}: {noun: string; names: readonly string[]; refusal: AddressRefusal}) =>
      `${those(noun, names, 'is', 'are')} skipped: ${REFUSALS[refusal]}`,
    hint: ({refusal}) => REFUSAL_ADVICE[refusal],
    reason:
      'The author of an EndpointSlice, an Endpoints object or a Node chooses the addresses that lbex connects to. lbex never connects to loopback, link-local, site-local, unspecified, multicast and broadcast addresses, to cloud metadata services, and to addresses in the ranges of --deny-endpoints.',
  }),
  'address-type-unsupported': rule({
    severity: 'warning',
    message: ({slices, addressType}: {slices: readonly string[]; addressType: string}) =>
      `${those('EndpointSlice', slices, 'has', 'have')} addressType ${quote(addressType)} and ${slices.length === 1 ? 'is' : 'are'} skipped`,
    hint: () =>
      'use EndpointSlices with addressType IPv4 or IPv6; lbex writes only addresses to the configuration, no host names',
    reason:
      'kube-proxy does not use EndpointSlices of addressType FQDN either; Kubernetes has deprecated them.',
  }),
  'slice-unlabelled': rule({
    severity: 'warning',
    message: ({service}: {service: string}) =>
      `this EndpointSlice is not used: it is named like Service ${service}, but has no label kubernetes.io/service-name`,
    hint: ({service}) => `add the label kubernetes.io/service-name: ${service}`,
    reason: 'Only the label, not the name, says which Service an EndpointSlice belongs to.',
  }),
  'server-unhealthy': rule({
    severity: 'warning',
    message: ({servers}: {servers: readonly string[]}) =>
      `${those('server', servers, 'fails its health check and gets', 'fail their health checks and get')} no new connections`,
    hint: () =>
      'find out why the server does not answer; lbex uses it again when it passes loadbalancer.lbex/health-check-rise checks',
    reason:
      'lbex probes the servers of a Service with loadbalancer.lbex/health-check from its own host, and sends no new connections to a server that fails.',
  }),
  'servers-all-unhealthy': rule({
    severity: 'error',
    message: ({servers}: {servers: readonly string[]}) =>
      `every server fails its health check, so lbex uses all of them: ${listed(servers, (name) => name, 5)}`,
    hint: () =>
      'if the servers work, correct loadbalancer.lbex/health-check and its settings, or let this host reach the checked port',
    reason:
      'If all servers of an upstream fail, the check is more likely wrong than all servers: lbex does not stop the traffic.',
  }),
  'health-check-slow': rule({
    severity: 'warning',
    message: ({asked, actual}: {asked: number; actual: number}) =>
      `this host checks each server about every ${seconds(actual)} s instead of every ${seconds(asked)} s`,
    hint: () =>
      'set a longer loadbalancer.lbex/health-check-interval, check fewer servers, or find out why servers do not answer their checks',
    reason:
      'lbex makes at most 1,000 checks a second for a namespace, 4,000 for all, and 500 at a time. Beyond that, it checks servers less often, and finds out later that one fails.',
  }),
  'endpoint-is-listener': rule({
    severity: 'warning',
    message: ({endpoints}: {endpoints: readonly string[]}) =>
      `${those('endpoint', endpoints, 'is', 'are')} skipped: lbex itself listens there, so connections would loop`,
    hint: () => 'use endpoints that are backends, not addresses of the load balancer',
    reason:
      'lbex would forward a connection to its own listener, which forwards it again, until the host has no connections left.',
  }),
  'node-address-chosen': rule({
    severity: 'info',
    message: ({nodes, wanted}: {nodes: readonly string[]; wanted: string}) =>
      `${those('node', nodes, 'has', 'have')} more than one usable ${wanted}; lbex uses the first one`,
    hint: () =>
      'if the first address is in the wrong network, change the order of the addresses (kubelet --node-ip)',
    reason: 'An upstream of type node has one server per node: the first address that other hosts can reach.',
  }),
  'nodes-lost': rule({
    severity: 'warning',
    message: ({nodes}: {nodes: number}) =>
      nodes === 1
        ? 'the only node behind this port is NotReady; lbex keeps sending traffic to it'
        : `all ${nodes} nodes behind this port are NotReady; lbex keeps sending traffic to them`,
    hint: () => 'check the connection between the nodes and the control plane: kubectl get nodes',
    reason:
      'If all nodes are NotReady at once, the control plane has most likely lost its connection to them, while their Pods still serve traffic.',
  }),
  'nodes-forbidden': rule({
    severity: 'warning',
    message: (_: {rule: string}) =>
      'the API server does not allow lbex to read Nodes, which upstream-type node requires',
    hint: ({rule}) => rule,
    reason:
      'Upstreams of type node need the addresses of the nodes; upstreams of type pod and cluster-ip do not.',
  }),
} as const

/** Of milliseconds, with at most one decimal. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10
}
