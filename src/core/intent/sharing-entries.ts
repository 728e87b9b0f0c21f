/** The settings of listeners that several Services share. They are a part of the table in annotations.ts. */
import {HOSTS} from '../cluster/in-use.js'
import {entry, type AnnotationEntry} from './annotation-entry.js'

export const SHARING = {
  hosts: entry({
    key: HOSTS,
    kind: 'hosts',
    values: [],
    form: 'host names, `*.` and a host name, or `*`, separated by commas',
    required: 'no',
    perPort: true,
    guards: true,
    protocol: 'TCP',
    example: 'api.example.com, *.example.org',
    description:
      'Serves only TLS connections with one of these server names (SNI). lbex does not decrypt them. Services of any namespace can then share a listen port: an exact name takes precedence over a wildcard, and a longer wildcard over a shorter one. If several Services have the same name, the oldest Service gets it; a wildcard also reserves the names below it from other namespaces. `*` stands for all other connections, also those without a server name or without TLS; if no Service has it, NGINX closes them. TCP only.',
  }),
  sharedListener: entry({
    key: 'loadbalancer.lbex/shared-listener',
    kind: 'key',
    values: [],
    form: 'letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, at most 63 characters',
    required: 'no',
    perPort: true,
    example: 'shop',
    description:
      'Services of one namespace with the same key share a listen port by weight, for example for a canary release; with `hosts`, they share the same host names. The share of a Service without a backend is rejected and not moved to the others. Each connection and each UDP client is assigned separately, so `spec.sessionAffinity` works only within each Service.',
  }),
  weight: entry({
    key: 'loadbalancer.lbex/weight',
    kind: 'count',
    values: [],
    range: {least: 0, most: 1000},
    form: 'a whole number from 0 to 1000',
    fallback: '1',
    required: 'no',
    perPort: true,
    example: '90',
    description:
      'The share of this Service in its shared listener, relative to the weights of the other Services. With 0, it gets no traffic; if all weights are 0, NGINX rejects the traffic.',
  }),
} as const satisfies Record<string, AnnotationEntry>
