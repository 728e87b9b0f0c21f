/** Whose Service it is. */
import {listed, quote, rule, some, trimmed} from '../rule.js'

export const SELECTION_RULES = {
  'class-missing': rule({
    severity: 'warning',
    message: ({keys}: {keys: readonly string[]}) =>
      `${some('annotation', keys)} ${keys.length === 1 ? 'has' : 'have'} no effect: the Service does not ask for lbex`,
    hint: () => 'add the annotation kubernetes.io/loadbalancer-class: loadbalancer-lbex',
    reason:
      'Annotations for lbex on a Service without its class are most often a forgotten or misspelt class.',
  }),
  'class-foreign': rule({
    severity: 'warning',
    message: ({serving}: {serving: string}) => `${serving} serves this Service too`,
    hint: () =>
      'lbex is supplemental and serves it all the same; set spec.loadBalancerClass: loadbalancer-lbex to have it served by lbex alone',
    reason: 'Two load balancers for one Service are allowed, and often not what was meant.',
  }),
  'class-misspelt': rule({
    severity: 'warning',
    message: ({key, value}: {key: string; value: string}) => `${key}: ${value} does not ask for lbex`,
    hint: ({key}) =>
      `did you mean ${key === 'spec.loadBalancerClass' ? key : 'kubernetes.io/loadbalancer-class'}: loadbalancer-lbex?`,
    fix: ({value}) => trimmed(value, (text) => text === 'loadbalancer-lbex'),
    reason: 'A Service with a misspelt class is served by nobody.',
  }),
  'service-type': rule({
    severity: 'error',
    message: ({what}: {what: string}) => `${what} cannot be balanced`,
    hint: () => 'use type NodePort, ClusterIP (not headless) or LoadBalancer',
    reason:
      'Headless and ExternalName Services have no address or port that a load balancer could stand in front of.',
  }),
  'source-ranges-invalid': rule({
    severity: 'error',
    message: ({values}: {values: readonly string[]; single?: string}) =>
      `${listed(values, quote, 5)} ${values.length === 1 ? 'is not a valid CIDR range' : 'are not valid CIDR ranges'}; every port of this Service stays closed`,
    hint: ({single}) =>
      single === undefined
        ? 'write ranges such as 10.0.0.0/8 or 2001:db8::/32, in an annotation separated by commas'
        : `write ${single} for a single address`,
    reason:
      'The owner of the Service allows some clients only. A port that ignores this would be open to everyone, so no port of the Service is served.',
  }),
  'source-ranges-overruled': rule({
    severity: 'warning',
    message: ({by}: {by: string}) => `these source ranges have no effect: ${by} overrules them`,
    hint: () => 'keep one of them',
    reason: 'Ranges in two places that differ are most often a change that was made in one of them only.',
  }),
  'field-ignored': rule({
    severity: 'warning',
    message: ({why}: {why: string; advice: string}) => `this field has no effect: ${why}`,
    hint: ({advice}) => advice,
    reason: 'The API server accepts the field, and lbex does not honour it.',
  }),
  'pool-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) =>
      `${quote(value)} is no valid service pool, so this Service is not served`,
    hint: () => "write 1 to 63 characters: letters and digits at both ends, '-', '_' and '.' allowed between",
    fix: ({value}) => trimmed(value, (text) => /^[\w.-]{1,63}$/.test(text)),
    reason: 'A pool name has the form of a Kubernetes label value.',
  }),
} as const
