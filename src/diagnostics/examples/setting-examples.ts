/** Examples of settings of listeners and upstreams that are not valid or have no effect. */
import {ours} from './example.js'

const UDP = ['type: NodePort', 'ports:', '  - name: http', '    protocol: UDP', '    port: 80']

export const SETTING_EXAMPLES = {
  'setting-port-unknown': {
    bad: ours(['loadbalancer.lbex/algorithm.htpp: least_conn']),
    good: ours(['loadbalancer.lbex/algorithm.http: least_conn']),
  },
  'setting-invalid': {
    bad: ours(['loadbalancer.lbex/idle-timeout: "0"']),
    good: ours(['loadbalancer.lbex/idle-timeout: 24h']),
  },
  'setting-unused': {
    bad: ours(['loadbalancer.lbex/max-fails: "0"', 'loadbalancer.lbex/fail-timeout: 30s']),
    good: ours(['loadbalancer.lbex/max-fails: "3"', 'loadbalancer.lbex/fail-timeout: 30s']),
  },
  'health-check-weak': {
    bad: ours(['loadbalancer.lbex/health-check: udp'], UDP),
    good: ours(
      [
        'loadbalancer.lbex/health-check: udp',
        'loadbalancer.lbex/health-check-send: ping',
        'loadbalancer.lbex/health-check-expect: pong',
      ],
      UDP,
    ),
  },
  'drain-unavailable': {
    never: 'only lbex run examines the host that it runs on',
    remedy:
      'give lbex the capability CAP_NET_ADMIN and install iproute2, or remove the setting; lbex doctor tests it',
  },
  'guard-invalid': {
    bad: ours(['loadbalancer.lbex/proxy-protocol: "1"']),
    good: ours(['loadbalancer.lbex/proxy-protocol: v1']),
  },
  'guard-misspelt': {
    bad: ours(['loadbalancer.lbex/proxy-protcol: v1']),
    good: ours(['loadbalancer.lbex/proxy-protocol: v1']),
  },
  'guard-port-unknown': {
    bad: ours(['loadbalancer.lbex/proxy-protocol.htpp: v1']),
    good: ours(['loadbalancer.lbex/proxy-protocol.http: v1']),
  },
  'guard-protocol': {
    bad: ours(['loadbalancer.lbex/proxy-protocol: v1'], UDP),
    good: ours([], UDP),
  },
  'setting-unavailable': {
    bad: ours(['loadbalancer.lbex/proxy-protocol: v2']),
    good: ours(['loadbalancer.lbex/proxy-protocol: v1']),
  },
} as const
