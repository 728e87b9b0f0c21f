/** A kind of the API: where it is found, and what right it takes to read it. */
export type ApiResource = {
  readonly kind: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** The name in paths and in rules of RBAC. */
  readonly plural: string
}

export type Verb = 'list' | 'watch' | 'create'

/** One attempt to do something with `resource`: in `namespace`, or everywhere. */
export type ResourceRequest = {
  readonly verb: Verb
  readonly resource: ApiResource
  readonly namespace?: string | undefined
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function resourcePath({group, version, plural}: ApiResource, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${root}/${namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`}${plural}`
}

/** What was tried, in words: `list services`, `watch endpointslices.discovery.k8s.io in the namespace shop`. */
export function describeAttempt({verb, resource, namespace}: ResourceRequest): string {
  const {group, plural} = resource
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`
  return `${verb} ${plural}${group && `.${group}`}${where}`
}

/** The rule of RBAC that allows the attempt, in YAML, with the sentence that introduces it. */
export function neededRule(attempt: ResourceRequest): string {
  const {group, plural} = attempt.resource
  return [
    `grant it with this rule in ${roleFor(attempt)}:`,
    `- apiGroups: ["${group}"]`,
    `  resources: ["${plural}"]`,
    `  verbs: ${verbsWith(attempt)}`,
  ].join('\n')
}

/** The same in one line. */
export function neededRuleInline(attempt: ResourceRequest): string {
  const {group, plural} = attempt.resource
  const rule = `{apiGroups: ["${group}"], resources: ["${plural}"], verbs: ${verbsWith(attempt)}}`
  return `grant it with this rule in ${roleFor(attempt)}: ${rule}`
}

/** Who lists watches too. */
function verbsWith({verb}: ResourceRequest): string {
  return verb === 'create' ? '["create"]' : '["list", "watch"]'
}

function roleFor({namespace}: ResourceRequest): string {
  return namespace === undefined ? 'a ClusterRole' : `a Role of the namespace ${namespace}`
}
