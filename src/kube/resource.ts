/** Resources of the API: their paths, and the RBAC rules that are needed to read them. */
export type ApiResource = {
  readonly kind: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** The name in paths and in RBAC rules. */
  readonly plural: string
}

export type Verb = 'list' | 'watch' | 'create'

/** One request for `resource`: in `namespace`, or in all namespaces. */
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

/** The request in words: `list services`, `watch endpointslices.discovery.k8s.io in the namespace shop`. */
export function describeAttempt({verb, resource, namespace}: ResourceRequest): string {
  const {group, plural} = resource
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`
  return `${verb} ${plural}${group && `.${group}`}${where}`
}

/** The RBAC rule that allows the request, as YAML after an introduction. */
export function neededRule(attempt: ResourceRequest): string {
  const {group, plural} = attempt.resource
  return [
    `grant it with this rule in ${roleFor(attempt)}:`,
    `- apiGroups: ["${group}"]`,
    `  resources: ["${plural}"]`,
    `  verbs: ${verbsWith(attempt)}`,
  ].join('\n')
}

/** The same on one line. */
export function neededRuleInline(attempt: ResourceRequest): string {
  const {group, plural} = attempt.resource
  const rule = `{apiGroups: ["${group}"], resources: ["${plural}"], verbs: ${verbsWith(attempt)}}`
  return `grant it with this rule in ${roleFor(attempt)}: ${rule}`
}

/** lbex watches every resource that it lists. */
function verbsWith({verb}: ResourceRequest): string {
  return verb === 'create' ? '["create"]' : '["list", "watch"]'
}

function roleFor({namespace}: ResourceRequest): string {
  return namespace === undefined ? 'a ClusterRole' : `a Role of the namespace ${namespace}`
}
