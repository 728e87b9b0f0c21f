/** Fields of a Service that lbex honours only in part, or that have an unexpected effect. */
import {rule} from '../rule.js'

type DistributionArgs = {
  readonly preference: string
  readonly zone?: string
  /** Set if the servers do not depend on the endpoints. */
  readonly servers?: 'all-nodes' | 'cluster-ip'
}

/** Why lbex cannot prefer endpoints of a zone, and what to do. */
const CHOSEN = {
  'all-nodes': {
    why: 'with node-set all, every node is a server, and kube-proxy selects the endpoint',
    hint: 'remove loadbalancer.lbex/node-set, or set loadbalancer.lbex/upstream-type: pod',
  },
  'cluster-ip': {
    why: 'lbex connects to the cluster IP, and kube-proxy on the host of lbex selects the endpoint',
    hint: 'set loadbalancer.lbex/upstream-type: pod or node',
  },
} as const

export const FIELD_RULES = {
  'affinity-timeout-unused': rule({
    severity: 'info',
    message: ({seconds}: {seconds: number}) =>
      `a client keeps its server even if it is idle for more than ${seconds} s: lbex selects the server by the client address alone`,
    hint: () => 'remove spec.sessionAffinityConfig, or keep it for kube-proxy',
    reason:
      'The hash of the client address has no memory, so an affinity does not end after a time. It ends when the server of the client is gone.',
  }),
  'traffic-distribution-unused': rule({
    severity: 'info',
    message: ({preference, zone, servers}: DistributionArgs) => {
      if (servers) return `trafficDistribution ${preference} is not applied: ${CHOSEN[servers].why}`
      return zone === undefined
        ? `trafficDistribution ${preference} is not applied: lbex does not know the zone of its host`
        : `trafficDistribution ${preference} prefers the zone ${zone}: lbex does not know on which node it runs`
    },
    hint: ({zone, servers}) => {
      if (servers) return CHOSEN[servers].hint
      return zone === undefined
        ? 'run lbex with --zone, the zone of its host, to prefer the endpoints that Kubernetes hints for this zone'
        : undefined
    },
    reason:
      'Kubernetes writes the preference as hints for zones and nodes in the EndpointSlices. lbex follows the hints for the zone in --zone, as kube-proxy follows those for its node.',
  }),
  'internal-policy-local': rule({
    severity: 'warning',
    message: (_: Record<string, never>) =>
      'with internalTrafficPolicy Local, the cluster IP leads only to endpoints on the host of lbex',
    hint: () =>
      'set loadbalancer.lbex/upstream-type: pod or node, or set spec.internalTrafficPolicy: Cluster',
    reason:
      'lbex connects to the cluster IP from its own host, so kube-proxy on this host applies internalTrafficPolicy. If no endpoint runs there, it drops the connections.',
  }),
  'health-check-port-unused': rule({
    severity: 'info',
    message: ({port}: {port: number}) =>
      `lbex does not query healthCheckNodePort ${port}: which nodes have a ready endpoint is known from the EndpointSlices`,
    hint: ({port}) =>
      `to have lbex query it, set loadbalancer.lbex/health-check: http, health-check-port: "${port}" and health-check-path: /healthz`,
    reason:
      'kube-proxy answers on this port whether the node has a local endpoint, and on port 10256 whether kube-proxy itself is healthy. lbex queries them only if the active health check of the Service says so; without one, NGINX tries the next server if a connection to a node fails.',
  }),
} as const
