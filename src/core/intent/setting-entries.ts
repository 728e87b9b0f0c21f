/** The settings of listeners and upstreams that lbex 1.x did not have. They are a part of the table in annotations.ts. */
import {OWN_TRUSTED_SENDERS} from '../cluster/in-use.js'
import {entry, type AnnotationEntry} from './annotation-entry.js'

export const SETTINGS = {
  proxyProtocol: entry({
    key: 'loadbalancer.lbex/proxy-protocol',
    kind: 'enum',
    values: ['off', 'v1', 'v2'],
    form: 'one of the values',
    fallback: 'off',
    required: 'no',
    perPort: true,
    hasFlag: true,
    guards: true,
    protocol: 'TCP',
    example: 'v1',
    description:
      'The version of the PROXY protocol header that NGINX sends to the backends, with the address of the client. The backends must expect it. `v2` needs NGINX 1.31.4 or newer. TCP only.',
  }),
  acceptProxyProtocol: entry({
    key: OWN_TRUSTED_SENDERS,
    kind: 'ranges',
    values: [],
    form: '`off`, or at most 64 CIDR ranges, separated by commas',
    fallback: 'off',
    required: 'no',
    perPort: true,
    hasFlag: true,
    canBeOff: true,
    guards: true,
    protocol: 'TCP',
    example: '10.0.0.0/24',
    description:
      'The load balancers in front of lbex, which send a PROXY protocol header (version 1 or 2). The client address in the header then counts: for source ranges, limits, session affinity, `passthrough`, and the header that lbex sends itself. Each of them must send a header, and connections from all other addresses are closed. TCP only.',
  }),
} as const satisfies Record<string, AnnotationEntry>
