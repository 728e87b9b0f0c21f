/**
 * Filters annotations and labels that lbex does not use: those of other controllers may be large and change often. Keeps those
 * that are needed only for a diagnostic, such as a misspelt annotation.
 */

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** The predecessor of spec.loadBalancerSourceRanges; the API server and kube-proxy still read it. */
export const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** The same as an annotation of lbex, for a Service of any type. */
export const OWN_SOURCE_RANGES = 'loadbalancer.lbex/source-ranges'

/** Selects addresses of the host. */
export const LISTEN_ADDRESS = 'loadbalancer.lbex/listen-address'

/** The load balancers whose PROXY protocol headers count. `.PORT-NAME` may follow. */
export const OWN_TRUSTED_SENDERS = 'loadbalancer.lbex/accept-proxy-protocol'

/** The server names of a Service (SNI). `.PORT-NAME` may follow. */
export const HOSTS = 'loadbalancer.lbex/hosts'

const WHOLE: ReadonlySet<string> = new Set([
  SOURCE_RANGES,
  OWN_SOURCE_RANGES,
  OWN_TRUSTED_SENDERS,
  LISTEN_ADDRESS,
  HOSTS,
])

/** Never truncated: a part of a list can be a wider range, another address, or end with another name. */
function isWhole(key: string): boolean {
  return WHOLE.has(key) || [OWN_TRUSTED_SENDERS, HOSTS].some((list) => key.startsWith(`${list}.`))
}

type Pairs = Readonly<Record<string, string>>

/** No valid value is longer than `verify` and the name of a Secret. Longer values are truncated. */
const LONGEST = 264

/** The annotations of a Service that are for lbex, or may be misspelt annotations for lbex. */
export function annotationsInUse(annotations: Pairs): Pairs {
  const kept = Object.entries(annotations).filter(([key, value]) => mayBeForLbex(key, value))
  return Object.fromEntries(kept.map(([key, value]) => [key, isWhole(key) ? value : truncate(value)]))
}

/** The labels of a Node that affect its traffic. */
export function nodeLabelsInUse(labels: Pairs): Pairs {
  const value = labels[EXCLUDE_LABEL]
  return value === undefined ? {} : {[EXCLUDE_LABEL]: value}
}

/** A key or a value that contains `lbex` or `loadbalancer`: it may be misspelt. */
function mayBeForLbex(key: string, value: string): boolean {
  const isNamed = (text: string): boolean => text.includes('lbex') || text.includes('loadbalancer')
  return key === SOURCE_RANGES || isNamed(key) || (value.length <= LONGEST && isNamed(value))
}

/** A slice of a string keeps the whole string in memory; a copy does not. */
function truncate(value: string): string {
  return value.length <= LONGEST ? value : [...value.slice(0, LONGEST)].join('')
}
