/** What the other annotations hold, and whether it has an effect. */
import {quote, rule, trimmed} from '../rule.js'

/** What a value is without the spaces around it, where that is all that is wrong with it. */
const BOOLEAN = /^(?:true|false)$/i
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:]*:[\da-f:]*)$/i

export const ANNOTATION_RULES = {
  'annotation-unknown': rule({
    severity: 'warning',
    message: ({key}: {key: string; nearest?: string; certain?: boolean}) => `lbex knows no annotation ${key}`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    fix: ({nearest, certain}) => (nearest !== undefined && certain ? {on: 'key', text: nearest} : undefined),
    reason: 'A misspelt annotation would otherwise be ignored in silence.',
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
    reason: 'What was asked for does not exist, so the default is used in its place.',
  }),
  'boolean-invalid': rule({
    severity: 'warning',
    message: ({value, fallback}: {value: string; fallback: boolean}) =>
      `${quote(value)} is no boolean; the default ${fallback} applies`,
    hint: () => 'write "true" or "false"',
    fix: ({value}) => trimmed(value, (text) => BOOLEAN.test(text)),
    reason:
      "Booleans take the forms of Go's strconv.ParseBool: 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False.",
  }),
  'resolver-invalid': rule({
    severity: 'warning',
    message: ({value}: {value: string}) => `${quote(value)} is no IP address, so no resolver is set`,
    hint: () => 'write the address of a DNS server: "10.0.0.10"',
    fix: ({value}) => trimmed(value, (text) => ADDRESS.test(text)),
    reason: 'Only an address can reach the configuration; a name or further parameters could change it.',
  }),
  'method-unused': rule({
    severity: 'warning',
    message: ({algorithm}: {algorithm: string}) => `the method has no effect with algorithm ${algorithm}`,
    hint: () => 'set loadbalancer.lbex/algorithm: least_time, or remove the method',
    reason: 'The method says what least_time measures.',
  }),
  'node-option-unused': rule({
    severity: 'warning',
    message: ({key, upstreamType}: {key: string; upstreamType: string}) =>
      `${key} has no effect with upstream-type ${upstreamType}`,
    hint: () => 'set loadbalancer.lbex/upstream-type: node, or remove the annotation',
    reason: 'node-set and node-address-type are read only where traffic goes to nodes.',
  }),
  'node-set-overruled': rule({
    severity: 'warning',
    message: () => 'node-set all has no effect with externalTrafficPolicy Local',
    hint: () => 'remove the annotation, or set spec.externalTrafficPolicy: Cluster',
    reason:
      'With the policy Local a node without an endpoint of the Service drops its traffic, so such nodes are left out.',
  }),
  'least-time-unavailable': rule({
    severity: 'warning',
    message: ({nginx}: {nginx: string}) => `least_time is not available in ${nginx}; least_conn is used`,
    hint: () => 'least_time needs NGINX Plus, or open-source NGINX 1.31.0 or newer',
    reason: 'An unknown directive would make NGINX refuse the whole configuration.',
  }),
  'affinity-wins': rule({
    severity: 'warning',
    message: ({algorithm}: {algorithm: string}) =>
      `sessionAffinity ClientIP wins over algorithm ${algorithm}`,
    hint: () => 'remove one of the two',
    reason: 'A client that sticks to one backend cannot be balanced by load as well.',
  }),
  'affinity-behind-proxy': rule({
    severity: 'warning',
    message: ({upstreamType}: {upstreamType: string}) =>
      `with sessionAffinity ClientIP and ${upstreamType} upstreams kube-proxy sees lbex as the only client and sends everything to one Pod`,
    hint: () => 'set loadbalancer.lbex/upstream-type: pod',
    reason: "kube-proxy applies the affinity to the address it sees, which is the load balancer's.",
  }),
  'passthrough-needs': rule({
    severity: 'info',
    message: () =>
      'passthrough needs CAP_NET_RAW for NGINX, and answers that are routed back through its host',
    hint: () => 'see "passthrough" in the annotation reference',
    reason:
      "Connections come from the client's address. Where backends answer the client directly, it gets no answer that it knows.",
  }),
  'passthrough-masqueraded': rule({
    severity: 'warning',
    message: () =>
      'with node upstreams and externalTrafficPolicy Cluster kube-proxy replaces the client address that passthrough preserves',
    hint: () => 'set spec.externalTrafficPolicy: Local, or loadbalancer.lbex/upstream-type: pod',
    reason: 'kube-proxy masquerades traffic to a node port unless the policy is Local.',
  }),
} as const
