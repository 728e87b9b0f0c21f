/** Which Services lbex serves. */
import {listed, quote, rule, some, trimmed} from '../rule.js'

export const SELECTION_RULES = {
  'class-missing': rule({
    severity: 'warning',
    message: ({keys, className}: {keys: readonly string[]; className: string}) =>
      `${some('annotation', keys)} ${keys.length === 1 ? 'has' : 'have'} no effect: the Service does not have the class ${className}`,
    hint: ({className}) => `add the annotation kubernetes.io/loadbalancer-class: ${className}`,
    reason:
      'If a Service has annotations for lbex and not its class, the class was most likely forgotten or misspelt.',
  }),
  'class-foreign': rule({
    severity: 'warning',
    message: ({serving}: {serving: string; className: string}) => `this Service is also served by ${serving}`,
    hint: ({className}) =>
      `lbex serves it in addition; to let only lbex serve it, set spec.loadBalancerClass: ${className}`,
    reason: 'A Service may have two load balancers, but this is often not intended.',
  }),
  'class-misspelt': rule({
    severity: 'warning',
    message: ({key, value}: {key: string; value: string; className: string}) =>
      `${key}: ${quote(value)} does not select lbex`,
    hint: ({key, className}) =>
      `did you mean ${key === 'spec.loadBalancerClass' ? key : 'kubernetes.io/loadbalancer-class'}: ${className}?`,
    fix: ({value, className}) => trimmed(value, (text) => text === className),
    reason: 'No load balancer serves a Service with a misspelt class.',
  }),
  'service-type': rule({
    severity: 'error',
    message: ({what}: {what: string}) => `${what} cannot be load-balanced`,
    hint: () => 'use type NodePort, LoadBalancer or ClusterIP (not headless)',
    reason:
      'Headless and ExternalName Services have no virtual IP address and port, so there is nothing to load-balance.',
  }),
  'source-ranges-invalid': rule({
    severity: 'error',
    message: ({values}: {values: readonly string[]; single?: string}) =>
      `${listed(values, quote, 5)} ${values.length === 1 ? 'is not a valid CIDR range' : 'are not valid CIDR ranges'}; no port of this Service is exposed`,
    hint: ({single}) =>
      single === undefined
        ? 'write ranges such as 10.0.0.0/8 or 2001:db8::/32, in an annotation separated by commas'
        : `write ${single} for a single address`,
    reason:
      'The Service allows only some clients. If lbex ignored that, its ports would be open to everyone, so lbex exposes none of them.',
  }),
  'source-ranges-loose': rule({
    severity: 'warning',
    message: ({values}: {values: readonly string[]; instead: readonly string[]}) =>
      `Kubernetes 1.36 and newer reject a new Service with the range${values.length === 1 ? '' : 's'} ${listed(values, quote, 5)}`,
    hint: ({instead}) => `write ${listed(instead, undefined, 5)}`,
    reason:
      'lbex and older API servers ignore bits beyond the prefix, and accept a prefix with a leading zero and an IPv4-mapped IPv6 address. The author of 10.0.0.1/8 may have meant a single address.',
  }),
  'source-ranges-misspelt': rule({
    severity: 'error',
    message: ({key}: {key: string; nearest?: string; certain?: boolean}) =>
      `unknown annotation ${key}, most likely misspelt source ranges; no port of this Service is exposed`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    fix: ({nearest, certain}) => (nearest !== undefined && certain ? {on: 'key', text: nearest} : undefined),
    reason:
      'The author wants to allow only some clients. If lbex ignored the annotation, the ports would be open to everyone, so lbex exposes none of them.',
  }),
  'source-ranges-overruled': rule({
    severity: 'warning',
    message: ({by}: {by: string}) => `these source ranges have no effect: ${by} takes precedence`,
    hint: () => 'keep one of them',
    reason: 'Source ranges in two places are easily changed in only one of them.',
  }),
  'field-deprecated': rule({
    severity: 'info',
    message: ({name}: {name: string; instead: string}) => `${name} is deprecated`,
    hint: ({instead}) => `use ${instead}`,
    reason:
      'Kubernetes deprecated the field in 1.24, because load balancers interpret it in different ways. lbex accepts it.',
  }),
  'field-ignored': rule({
    severity: 'warning',
    message: ({why}: {why: string; advice: string}) => `this field has no effect: ${why}`,
    hint: ({advice}) => advice,
    reason: 'The API server accepts the field, but lbex does not use it.',
  }),
  'pool-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) =>
      `${quote(value)} is not a valid service pool; the Service is not served`,
    hint: () =>
      "use 1 to 63 characters: letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    fix: ({value}) => trimmed(value, (text) => /^[\w.-]{1,63}$/.test(text)),
    reason: 'The name of a pool has the form of a Kubernetes label value.',
  }),
} as const
