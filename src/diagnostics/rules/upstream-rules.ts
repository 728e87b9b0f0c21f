/** Where traffic can go. */
import {quote, rule, some} from '../rule.js'

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
