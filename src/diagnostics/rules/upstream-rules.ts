/** Where traffic can go. */
import {quote, rule, some} from '../rule.js'

/** Why an address may not be a server. */
export type AddressRefusal =
  'loopback' | 'link-local' | 'site-local' | 'unspecified' | 'multicast' | 'broadcast' | 'metadata' | 'denied'

export const REFUSALS: Readonly<Record<AddressRefusal, string>> = {
  loopback: 'a loopback address leads to this host itself',
  'link-local': 'a link-local address cannot be reached from another host',
  'site-local': 'a site-local address (fec0::/10) is deprecated, and can mean another host in each site',
  unspecified: 'the unspecified address leads to this host itself',
  multicast: 'a multicast address is not a single server',
  broadcast: 'the broadcast address is not a single server',
  metadata: 'it is the address of a cloud metadata service',
  denied: 'the address is in a range of --deny-endpoints',
}

const REFUSAL_ADVICE: Readonly<Record<AddressRefusal, string>> = {
  loopback:
    'use an address that other hosts can reach; on a test host, run lbex with --allow-local-endpoints',
  'link-local': 'use an address that other hosts can reach',
  'site-local': 'use a unique local address (fd00::/8), or another that other hosts can reach',
  unspecified: 'use an address that other hosts can reach',
  multicast: 'use the address of a Pod or a node',
  broadcast: 'use the address of a Pod or a node',
  metadata: 'use the address of a Pod or a node: a metadata service gives away credentials of the host',
  denied: 'use another address, or ask the operator of lbex to change --deny-endpoints',
}

export const UPSTREAM_RULES = {
  'node-port-missing': rule({
    severity: 'error',
    message: ({why}: {why: string}) => `node upstreams need a node port, and ${why}; this port is not served`,
    hint: () => 'use type NodePort, or set loadbalancer.lbex/upstream-type: pod',
    reason: 'With upstream-type node traffic goes to NODE-ADDRESS:NODE-PORT.',
  }),
  'cluster-ip-missing': rule({
    severity: 'error',
    message: ({family}: {family: string}) =>
      `the Service has no ${family} cluster IP, so this port is not served`,
    hint: () => 'set loadbalancer.lbex/upstream-type: pod or node',
    reason: 'With upstream-type cluster-ip traffic goes to CLUSTER-IP:PORT.',
  }),
  'no-backend': rule({
    severity: 'error',
    message: ({listener, why}: {listener: string; why: string; advice?: string}) =>
      `${listener} is closed: ${why}`,
    hint: ({advice}) => advice,
    reason: 'A port without a usable backend refuses connections instead of letting clients hang.',
  }),
  'node-address-missing': rule({
    severity: 'warning',
    message: ({nodes, wanted}: {nodes: readonly string[]; wanted: string; advice: string}) =>
      `left out for want of an ${wanted}: ${some('node', nodes)}`,
    hint: ({advice}) => advice,
    reason: 'node-address-type chooses between InternalIP and ExternalIP in the status of a Node.',
  }),
  'endpoint-without-node': rule({
    severity: 'warning',
    message: ({addresses}: {addresses: readonly string[]}) =>
      `left out because nothing says on which node they run: ${some('endpoint', addresses)}`,
    hint: () => 'set loadbalancer.lbex/node-set: all, or loadbalancer.lbex/upstream-type: pod',
    reason: 'With node-set host only nodes that run a ready endpoint get traffic.',
  }),
  'node-unknown': rule({
    severity: 'warning',
    message: ({nodes}: {nodes: readonly string[]}) =>
      `left out because there is no such Node in the cluster, though endpoints name it: ${some('node', nodes)}`,
    hint: () => 'kubectl get nodes shows which there are; an EndpointSlice made by hand may misspell one',
    reason: 'An endpoint names a Node that does not exist (any more), so its address is not known.',
  }),
  'address-invalid': rule({
    severity: 'warning',
    message: ({address, family}: {address: string; family: string}) =>
      `${quote(address)} is no ${family} address, so this endpoint is left out`,
    hint: () => 'write an IP address, in an EndpointSlice of its family',
    reason:
      'NGINX gets addresses only: a name that does not resolve would make it refuse its whole configuration.',
  }),
  'address-refused': rule({
    severity: 'warning',
    message: ({noun, names, refusal}: {noun: string; names: readonly string[]; refusal: AddressRefusal}) =>
      `${some(noun, names)} ${names.length === 1 ? 'is' : 'are'} skipped: ${REFUSALS[refusal]}`,
    hint: ({refusal}) => REFUSAL_ADVICE[refusal],
    reason:
      'The author of an EndpointSlice, an Endpoints object or a Node chooses the addresses that lbex connects to. Loopback, link-local, site-local, unspecified, multicast and broadcast addresses, metadata services of clouds and the ranges of --deny-endpoints are never used.',
  }),
  'address-type-unsupported': rule({
    severity: 'warning',
    message: ({slices, addressType}: {slices: readonly string[]; addressType: string}) =>
      `${some('EndpointSlice', slices)} ${slices.length === 1 ? 'has' : 'have'} addressType ${quote(addressType)} and ${slices.length === 1 ? 'is' : 'are'} skipped`,
    hint: () => 'use EndpointSlices with addressType IPv4 or IPv6: NGINX gets addresses, no names',
    reason: 'kube-proxy does not use slices of addressType FQDN either; Kubernetes has deprecated them.',
  }),
  'slice-unlabelled': rule({
    severity: 'warning',
    message: ({service}: {service: string}) =>
      `this EndpointSlice is not used: it is named like Service ${service} and has no label kubernetes.io/service-name`,
    hint: ({service}) => `add the label kubernetes.io/service-name: ${service}`,
    reason: 'The label alone says which Service a slice belongs to; its name says nothing.',
  }),
  'endpoint-is-listener': rule({
    severity: 'warning',
    message: ({endpoints}: {endpoints: readonly string[]}) =>
      `${some('endpoint', endpoints)} ${endpoints.length === 1 ? 'is' : 'are'} skipped: lbex itself listens there, so connections would loop`,
    hint: () => 'give the Service endpoints that are backends, not addresses of the load balancer',
    reason:
      'A connection to a listener of this lbex is forwarded to the same endpoint again, until all connections of the host are used up.',
  }),
  'node-address-chosen': rule({
    severity: 'info',
    message: ({nodes, wanted}: {nodes: readonly string[]; wanted: string}) =>
      `more than one usable ${wanted}; lbex uses the first: ${some('node', nodes)}`,
    hint: () =>
      'if the first one is the wrong network, change the order of the addresses (kubelet --node-ip)',
    reason: 'A node upstream has one server for each node: the first address that other hosts can reach.',
  }),
  'nodes-lost': rule({
    severity: 'warning',
    message: ({nodes}: {nodes: number}) =>
      `the control plane has lost sight of ${nodes === 1 ? 'the only node' : `all ${nodes} nodes`} behind this port; traffic goes on as if nothing were wrong`,
    hint: () => 'check the connection between the nodes and the control plane: kubectl get nodes',
    reason: 'A partition of the control plane makes all nodes look NotReady while their Pods go on serving.',
  }),

  'nodes-forbidden': rule({
    severity: 'warning',
    message: (_: {rule: string}) =>
      'the API server does not let lbex read Nodes, which upstream-type node needs',
    hint: ({rule}) => rule,
    reason: 'Node upstreams need the addresses of the nodes; pod and cluster-ip upstreams do without.',
  }),
} as const
