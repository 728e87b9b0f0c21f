/** Examples of mistakes with ports. */
import {CLASS, documents, HTTP, ours, service, slice} from './example.js'

const GOOD = ours([])
const SCTP = ['type: NodePort', 'ports:', '  - name: http', '    port: 80', '    protocol: SCTP']
const TWO_PORTS = [
  'type: NodePort',
  'ports:',
  '  - name: http',
  '    port: 80',
  '  - name: https',
  '    port: 443',
]
const DUAL_STACK = [
  'type: NodePort',
  'ipFamilies: [IPv4, IPv6]',
  'ipFamilyPolicy: RequireDualStack',
  'ports:',
  '  - name: http',
  '    port: 80',
]

const LISTEN = 'loadbalancer.lbex/listen-address'
const NAMED = ['--listen-address', 'public=192.0.2.10', '--listen-address', '192.0.2.11']

const NODE_PORT = ['type: NodePort', 'ports:', '  - name: http', '    port: 80', '    nodePort: 30080']
const AT_NODE_PORT = ours([], NODE_PORT)
const SHOP = service({name: 'shop', annotations: [CLASS, HTTP.replace('8080', '8081')], spec: NODE_PORT})

const TO_PODS = ['loadbalancer.lbex/upstream-type: pod']

function ranged(ports: string, annotations: readonly string[] = []): string {
  return ours(annotations).replace('"8080"', `"${ports}"`)
}

export const PORT_EXAMPLES = {
  'port-missing': {bad: service({annotations: [CLASS]}), good: GOOD},
  'port-invalid': {bad: GOOD.replace('"8080"', '"80a"'), good: GOOD},
  'port-range-invalid': {
    bad: ranged('20000 - 20100', TO_PODS),
    good: ranged('20000-20100', TO_PODS),
  },
  'port-range-upstream': {bad: ranged('20000-20100'), good: ranged('20000-20100', TO_PODS)},
  'port-range-target': {
    bad: documents(
      ranged('20000-20100', TO_PODS),
      slice('10.1.0.1', 'ready: true').replace('port: 80', 'port: 65500'),
    ),
    good: documents(ranged('20000-20100', TO_PODS), slice('10.1.0.1', 'ready: true')),
  },
  'port-privileged': {
    bad: GOOD.replace('"8080"', '"80"'),
    good: GOOD,
    flags: ['--unprivileged-nginx'],
  },
  'port-unknown': {bad: ours(['loadbalancer-port.lbex/htpp: "8081"']), good: GOOD},
  'port-annotated-twice': {bad: ours(['loadbalancer-port.lbex/unnamed: "8081"']), good: GOOD},
  'port-alias-ambiguous': {
    bad: service({annotations: [CLASS, 'loadbalancer.lbex/port: "8080"'], spec: TWO_PORTS}),
    good: service({annotations: [CLASS, HTTP, 'loadbalancer-port.lbex/https: "8443"'], spec: TWO_PORTS}),
  },
  'annotation-deprecated': {
    bad: service({annotations: [CLASS, 'loadbalancer.lbex/port: "8080"']}),
    good: GOOD,
  },
  'port-protocol': {bad: ours([], SCTP), good: GOOD},
  'port-reserved': {bad: GOOD.replace('"8080"', '"22"'), good: GOOD},
  'port-conflict': {
    bad: documents(GOOD, service({name: 'shop', annotations: [CLASS, HTTP]})),
    good: documents(GOOD, service({name: 'shop', annotations: [CLASS, HTTP.replace('8080', '8081')]})),
  },
  'listen-address-invalid': {
    bad: ours([`${LISTEN}: 192.0.2.10/32`]),
    good: ours([`${LISTEN}: 192.0.2.10`]),
  },
  'listen-address-unknown': {
    bad: ours([`${LISTEN}: publik`]),
    good: ours([`${LISTEN}: public`]),
    flags: NAMED,
  },
  'node-port-conflict': {
    bad: documents(AT_NODE_PORT, SHOP),
    good: documents(AT_NODE_PORT, SHOP.replace('nodePort: 30080', 'nodePort: 30081')),
  },
  'port-held': {
    never: 'only the host knows which process uses a port',
    remedy:
      'find the process that uses the port (sudo ss -lntup), then stop it or choose another listen port; if the kernel does not allow a port below 1024, lbex doctor says which permission is missing',
  },
  'family-unavailable': {
    bad: ours(
      [],
      DUAL_STACK.map((line) =>
        line.replace('[IPv4, IPv6]', '[IPv6]').replace('RequireDualStack', 'SingleStack'),
      ),
    ),
    good: ours([], DUAL_STACK),
    flags: ['--listen-address', '192.0.2.10'],
  },
} as const
