/** The values of annotations, and whether they have an effect. */
import {quote, rule, trimmed} from '../rule.js'

const BOOLEAN = /^(?:true|false)$/i
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:]*:[\da-f:]*)$/i

export const ANNOTATION_RULES = {
  'annotation-unknown': rule({
    severity: 'warning',
    message: ({key}: {key: string; nearest?: string; certain?: boolean}) => `unknown annotation ${key}`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    fix: ({nearest, certain}) => (nearest !== undefined && certain ? {on: 'key', text: nearest} : undefined),
    reason: 'Without this warning, a misspelt annotation would be ignored silently.',
  }),
  'value-unknown': rule({
    severity: 'warning',
    message: ({
      value,
      allowed,
      fallback,
    }: {
      value: string
      allowed: readonly string[]
      fallback: string
      nearest?: string
    }) =>
      `${quote(value)} is not one of ${allowed.map(quote).join(', ')}; the default ${quote(fallback)} applies`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({value, allowed}) => trimmed(value, (text) => allowed.includes(text)),
    reason: 'The annotation does not have such a value, so lbex uses the default.',
  }),
  'boolean-invalid': rule({
    severity: 'warning',
    message: ({value, fallback}: {value: string; fallback: boolean}) =>
      `${quote(value)} is not a boolean; the default ${fallback} applies`,
    hint: () => 'use "true" or "false"',
    fix: ({value}) => trimmed(value, (text) => BOOLEAN.test(text)),
    reason:
      "Booleans have the forms that Go's strconv.ParseBool accepts: 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False.",
  }),
  'resolver-invalid': rule({
    severity: 'warning',
    message: ({value}: {value: string}) => `${quote(value)} is not an IP address; no resolver is set`,
    hint: () => 'use the IP address of a DNS server: "10.0.0.10"',
    fix: ({value}) => trimmed(value, (text) => ADDRESS.test(text)),
    reason:
      'Only an IP address is written to the NGINX configuration; a host name or more parameters could change its meaning.',
  }),
  'method-unused': rule({
    severity: 'warning',
    message: ({algorithm}: {algorithm: string}) =>
      `loadbalancer.lbex/method has no effect with algorithm ${algorithm}`,
    hint: () => 'set loadbalancer.lbex/algorithm: least_time, or remove the method',
    reason: 'The method sets what least_time measures.',
  }),
  'node-option-unused': rule({
    severity: 'warning',
    message: ({key, upstreamType}: {key: string; upstreamType: string}) =>
      `${key} has no effect with upstream-type ${upstreamType}`,
    hint: () => 'set loadbalancer.lbex/upstream-type: node, or remove the annotation',
    reason: 'lbex reads node-set and node-address-type only if upstream-type is node.',
  }),
  'node-set-overruled': rule({
    severity: 'warning',
    message: () => 'node-set: all has no effect with externalTrafficPolicy: Local',
    hint: () => 'remove the annotation, or set spec.externalTrafficPolicy: Cluster',
    reason:
      'With externalTrafficPolicy: Local, a node without an endpoint of the Service drops the traffic, so lbex does not send traffic to such a node.',
  }),
  'least-time-unavailable': rule({
    severity: 'warning',
    message: ({nginx}: {nginx: string}) => `${nginx} does not support least_time; least_conn is used instead`,
    hint: () => 'least_time needs NGINX Plus, or open-source NGINX 1.31.0 or newer',
    reason: 'NGINX rejects its whole configuration if a directive is unknown.',
  }),
  'affinity-wins': rule({
    severity: 'warning',
    message: ({algorithm}: {algorithm: string}) =>
      `sessionAffinity: ClientIP takes precedence over algorithm ${algorithm}`,
    hint: () => 'remove spec.sessionAffinity or loadbalancer.lbex/algorithm',
    reason: 'The connections of a client that always uses the same backend cannot also be balanced by load.',
  }),
  'affinity-behind-proxy': rule({
    severity: 'warning',
    message: ({upstreamType}: {upstreamType: string}) =>
      `with sessionAffinity: ClientIP and ${upstreamType} upstreams, kube-proxy sees lbex as the only client and sends all traffic to one Pod`,
    hint: () => 'set loadbalancer.lbex/upstream-type: pod',
    reason:
      'kube-proxy applies the affinity to the source address, which is the address of the load balancer.',
  }),
  'passthrough-needs': rule({
    severity: 'info',
    message: () =>
      'passthrough requires CAP_NET_RAW for NGINX, and replies of the backends must be routed back through the NGINX host',
    hint: () => 'see "passthrough" in the annotation reference',
    reason:
      'NGINX connects to the backends from the address of the client. If a backend replies to the client directly, the client does not recognize the reply and drops it.',
  }),
  'passthrough-masqueraded': rule({
    severity: 'warning',
    message: () =>
      'with node upstreams and externalTrafficPolicy: Cluster, kube-proxy replaces the client address that passthrough preserves',
    hint: () => 'set spec.externalTrafficPolicy: Local, or loadbalancer.lbex/upstream-type: pod',
    reason: 'kube-proxy masquerades traffic to a node port unless the policy is Local.',
  }),
} as const
