/** Examples of objects that exceed a limit. */
import {documents, ours, slice} from './example.js'

const UNKNOWN = Array.from({length: 51}, (_, index) => `loadbalancer.lbex/unknown-${index}: "1"`)

const HTTPS = 'loadbalancer-port.lbex/https: "8443"'
const ONE_PORT = ['type: NodePort', 'ports:', '  - name: http', '    port: 80']
const TWO_PORTS = [...ONE_PORT, '  - name: https', '    port: 443']

const TO_PODS = ours(['loadbalancer.lbex/upstream-type: pod'])
const ONE_POD = slice('10.1.0.1', 'ready: true')
const TWO_PODS = ONE_POD.replace('endpoints: [', 'endpoints: [{addresses: [10.1.0.2]}, ')

export const LIMIT_EXAMPLES = {
  'listeners-over-limit': {
    bad: ours([HTTPS], TWO_PORTS),
    good: ours([], ONE_PORT),
    flags: ['--max-listeners-per-service', '1'],
  },
  'servers-over-limit': {
    bad: documents(TO_PODS, TWO_PODS),
    good: documents(TO_PODS, ONE_POD),
    flags: ['--max-servers-per-service', '1'],
  },
  'source-ranges-over-limit': {
    bad: ours(['loadbalancer.lbex/source-ranges: 192.0.2.0/24,198.51.100.0/24']),
    good: ours(['loadbalancer.lbex/source-ranges: 192.0.2.0/24']),
    flags: ['--max-source-ranges-per-service', '1'],
  },
  'findings-not-listed': {bad: ours(UNKNOWN), good: ours([])},
} as const
