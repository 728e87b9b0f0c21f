/** Examples of annotations with an invalid value or no effect. */
import {ours} from './example.js'

const GOOD = ours([])
const LOCAL = ['type: NodePort', 'externalTrafficPolicy: Local', 'ports:', '  - name: http', '    port: 80']
const STICKY = ['sessionAffinity: ClientIP', 'ports:', '  - name: http', '    port: 80']
const PODS = 'loadbalancer.lbex/upstream-type: pod'
const PASSTHROUGH = 'loadbalancer.lbex/passthrough: "true"'

export const ANNOTATION_EXAMPLES = {
  'annotation-unknown': {
    bad: ours(['loadbalancer.lbex/algoritm: least_conn']),
    good: ours(['loadbalancer.lbex/algorithm: least_conn']),
  },
  'value-unknown': {
    bad: ours(['loadbalancer.lbex/algorithm: least-conn']),
    good: ours(['loadbalancer.lbex/algorithm: least_conn']),
  },
  'boolean-invalid': {
    bad: ours(['loadbalancer.lbex/passthrough: "no"']),
    good: ours(['loadbalancer.lbex/passthrough: "false"']),
  },
  'resolver-invalid': {
    bad: ours(['loadbalancer.lbex/resolver: dns.example.com']),
    good: ours(['loadbalancer.lbex/resolver: 10.96.0.10']),
  },
  'method-unused': {bad: ours(['loadbalancer.lbex/method: first_byte']), good: GOOD},
  'node-option-unused': {
    bad: ours([PODS, 'loadbalancer.lbex/node-set: all']),
    good: ours(['loadbalancer.lbex/node-set: all']),
  },
  'node-set-overruled': {bad: ours(['loadbalancer.lbex/node-set: all'], LOCAL), good: ours([], LOCAL)},
  'least-time-unavailable': {
    bad: ours(['loadbalancer.lbex/algorithm: least_time']),
    good: ours(['loadbalancer.lbex/algorithm: least_conn']),
    flags: ['--target-nginx', '1.30.0'],
  },
  'affinity-wins': {
    bad: ours([PODS, 'loadbalancer.lbex/algorithm: least_conn'], STICKY),
    good: ours([PODS], STICKY),
  },
  'affinity-behind-proxy': {bad: ours([], ['type: NodePort', ...STICKY]), good: ours([PODS], STICKY)},
  'passthrough-needs': {
    bad: ours([PODS, PASSTHROUGH]),
    good: ours([PODS, PASSTHROUGH, 'check.lbex/ignore: passthrough-needs']),
  },
  'passthrough-masqueraded': {
    bad: ours([PASSTHROUGH]),
    good: ours([PASSTHROUGH, 'check.lbex/ignore: passthrough-needs'], LOCAL),
  },
} as const
