/** Examples of fields of a Service that lbex honours only in part. */
import {ours} from './example.js'

const PODS = 'loadbalancer.lbex/upstream-type: pod'
const PORT = ['ports:', '  - name: http', '    port: 80']
const AFFINITY = ['sessionAffinity: ClientIP', ...PORT]
const TO_CLUSTER_IP = 'loadbalancer.lbex/upstream-type: cluster-ip'
const LOCAL = [
  'type: LoadBalancer',
  'loadBalancerClass: loadbalancer-lbex',
  'externalTrafficPolicy: Local',
  'healthCheckNodePort: 30999',
  ...PORT,
]

export const FIELD_EXAMPLES = {
  'affinity-timeout-unused': {
    bad: ours([PODS], ['sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}', ...AFFINITY]),
    good: ours([PODS], AFFINITY),
  },
  'traffic-distribution-unused': {
    bad: ours([PODS], ['trafficDistribution: PreferSameZone', ...PORT]),
    good: ours([PODS], PORT),
  },
  'internal-policy-local': {
    bad: ours([TO_CLUSTER_IP], ['internalTrafficPolicy: Local', ...PORT]),
    good: ours([PODS], ['internalTrafficPolicy: Local', ...PORT]),
  },
  'health-check-port-unused': {bad: ours([], LOCAL), good: ours([PODS], LOCAL)},
} as const
