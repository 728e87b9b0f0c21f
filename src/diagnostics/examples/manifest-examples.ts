/** Examples of invalid manifests, of Services that lbex does not select, and of ignores. */
import {CLASS, documents, HTTP, ours, service} from './example.js'

const GOOD = ours([])
const BALANCED = [
  'type: LoadBalancer',
  'loadBalancerClass: loadbalancer-lbex',
  'ports:',
  '  - name: http',
  '    port: 80',
]

export const MANIFEST_EXAMPLES = {
  'yaml-syntax': {bad: GOOD.replace('  name: web', '  name: web: 1'), good: GOOD},
  'duplicate-key': {bad: ours(['loadbalancer-port.lbex/http: "8081"']), good: GOOD},
  'annotation-not-string': {bad: GOOD.replace('"8080"', '8080'), good: GOOD},
  'wrong-type': {bad: GOOD.replace('port: 80', 'port: "80"'), good: GOOD},
  'missing-field': {bad: GOOD.replace('    port: 80\n', ''), good: GOOD},
  'invalid-field': {bad: GOOD.replace('port: 80', 'port: 80000'), good: GOOD},
  'unknown-field': {bad: GOOD.replace('port: 80', 'targetport: 80\n      port: 80'), good: GOOD},
  'server-set-field': {
    bad: GOOD.replace('  name: web', '  name: web\n  creationTimestamp: "1970-01-01T00:00:00Z"'),
    good: GOOD,
  },
  'duplicate-object': {
    bad: documents(GOOD, ours(['loadbalancer.lbex/algorithm: least_conn'])),
    good: documents(GOOD, service({name: 'shop', annotations: [CLASS, HTTP.replace('8080', '8081')]})),
  },
  'class-missing': {bad: service({annotations: [HTTP]}), good: GOOD},
  'class-misspelt': {bad: GOOD.replace('loadbalancer-lbex', 'lbex'), good: GOOD},
  'class-foreign': {
    bad: GOOD.replace('type: NodePort', 'type: LoadBalancer'),
    good: GOOD.replace('type: NodePort', 'type: LoadBalancer\n  loadBalancerClass: loadbalancer-lbex'),
  },
  'service-type': {bad: GOOD.replace('type: NodePort', 'clusterIP: None'), good: GOOD},
  'source-ranges-invalid': {
    bad: ours(['loadbalancer.lbex/source-ranges: 10.0.0.1']),
    good: ours(['loadbalancer.lbex/source-ranges: 10.0.0.1/32']),
  },
  'source-ranges-loose': {
    bad: ours([], [...BALANCED, 'loadBalancerSourceRanges: [10.0.0.1/8]']),
    good: ours([], [...BALANCED, 'loadBalancerSourceRanges: [10.0.0.0/8]']),
  },
  'source-ranges-misspelt': {
    bad: ours(['loadbalancer.lbex/source-range: 10.0.0.0/8']),
    good: ours(['loadbalancer.lbex/source-ranges: 10.0.0.0/8']),
  },
  'source-ranges-overruled': {
    bad: ours(
      ['loadbalancer.lbex/source-ranges: 192.0.2.0/24'],
      [...BALANCED, 'loadBalancerSourceRanges: [10.0.0.0/8]'],
    ),
    good: ours([], [...BALANCED, 'loadBalancerSourceRanges: [10.0.0.0/8]']),
  },
  'field-deprecated': {
    bad: ours([], [...BALANCED, 'loadBalancerIP: 192.0.2.10']),
    good: ours(['loadbalancer.lbex/listen-address: 192.0.2.10'], BALANCED),
  },
  'field-ignored': {
    bad: ours([], [...BALANCED, 'externalIPs: [192.0.2.7]']),
    good: ours([], BALANCED),
  },
  'pool-invalid': {
    bad: ours(['loadbalancer.lbex/service-pool: "team/blue"']),
    good: ours(['loadbalancer.lbex/service-pool: team-blue']),
    flags: ['--service-pool', 'team-blue'],
  },
  'pool-overlap': {
    bad: documents(
      GOOD,
      service({name: 'web-blue', annotations: [CLASS, HTTP, 'loadbalancer.lbex/service-pool: blue']}),
    ),
    good: documents(
      service({name: 'web-blue', annotations: [CLASS, HTTP, 'loadbalancer.lbex/service-pool: blue']}),
      service({
        name: 'web-green',
        annotations: [CLASS, HTTP.replace('8080', '8081'), 'loadbalancer.lbex/service-pool: green'],
      }),
    ),
  },
  'ignore-unused': {bad: ours(['check.lbex/ignore: class-foreign']), good: GOOD},
  'ignore-unknown': {
    bad: GOOD.replace(
      'type: NodePort',
      'type: LoadBalancer # lbex-ignore class-foreing -- the cloud serves it too',
    ),
    good: GOOD.replace(
      'type: NodePort',
      'type: LoadBalancer # lbex-ignore class-foreign -- the cloud serves it too',
    ),
  },
  'config-invalid': {
    never: 'it is about .lbex.yaml, not about a manifest',
    remedy: 'fix the line of .lbex.yaml that it names',
  },
} as const
