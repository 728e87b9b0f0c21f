/**
 * What a cluster says that nothing here reads is not kept: others' annotations and labels may be large, and change all the
 * time. Wide enough for what is only reported, such as a misspelt annotation.
 */

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** The field spec.loadBalancerSourceRanges before it was one; the API server and kube-proxy still read it. */
export const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** The same as an annotation of lbex, for a Service of any type. */
export const OWN_SOURCE_RANGES = 'loadbalancer.lbex/source-ranges'

/** Lists: a part of one would mean something else, such as a wider range. */
const WHOLE: ReadonlySet<string> = new Set([SOURCE_RANGES, OWN_SOURCE_RANGES])

type Pairs = Readonly<Record<string, string>>

/** No value that means anything is as long; one that is longer is shown as far as this. */
const LONGEST = 256

/** The annotations of a Service that may be meant for lbex, whatever their spelling. */
export function annotationsInUse(annotations: Pairs): Pairs {
  const kept = Object.entries(annotations).filter(([key, value]) => mayBeOurs(key, value))
  return Object.fromEntries(kept.map(([key, value]) => [key, WHOLE.has(key) ? value : cut(value)]))
}

/** The labels of a Node that decide about its traffic. */
export function nodeLabelsInUse(labels: Pairs): Pairs {
  const value = labels[EXCLUDE_LABEL]
  return value === undefined ? {} : {[EXCLUDE_LABEL]: value}
}

/** A key in a domain of ours or like ours; the class, or our class under a key like it. */
function mayBeOurs(key: string, value: string): boolean {
  const isNamed = (text: string): boolean => text.includes('lbex') || text.includes('loadbalancer')
  return key === SOURCE_RANGES || isNamed(key) || (value.length <= LONGEST && isNamed(value))
}

/** A part of a string keeps the whole of it in memory; a copy does not. */
function cut(value: string): string {
  return value.length <= LONGEST ? value : [...value.slice(0, LONGEST)].join('')
}
