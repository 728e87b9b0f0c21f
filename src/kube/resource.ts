/** Resources of the API: their paths, and the RBAC rules that are needed to read them. */
export type ApiResource = {
  readonly kind: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** The name in paths and in RBAC rules. */
  readonly plural: string
}

export const SERVICE_RESOURCE: ApiResource = {kind: 'Service', group: '', version: 'v1', plural: 'services'}

export const LEASE_RESOURCE: ApiResource = {
  kind: 'Lease',
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
}

export const EVENT_RESOURCE: ApiResource = {
  kind: 'Event',
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
}

export type Verb = 'list' | 'watch' | 'get' | 'create' | 'update' | 'patch' | 'delete'

/** One request for `resource`: in `namespace`, or in all namespaces. */
export type ResourceRequest = {
  readonly verb: Verb
  readonly resource: ApiResource
  readonly namespace?: string | undefined
  /** Of one object. Absent for `create`: the body has it. */
  readonly name?: string | undefined
  readonly subresource?: 'status' | undefined
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function resourcePath(
  {group, version, plural}: ApiResource,
  {namespace, name, subresource}: Pick<ResourceRequest, 'namespace' | 'name' | 'subresource'> = {},
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${root}${within}/${plural}${object}${subresource === undefined ? '' : `/${subresource}`}`
}

/** The resource as a rule of RBAC names it: `services`, `services/status`. */
export function resourceInRule({
  resource,
  subresource,
}: Pick<ResourceRequest, 'resource' | 'subresource'>): string {
  return subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`
}

/**
 * What was tried, in words: `list services`, `watch endpointslices.discovery.k8s.io in the namespace shop`,
 * `patch services/status web in the namespace shop`.
 */
export function describeAttempt(attempt: ResourceRequest): string {
  const {verb, resource, namespace, name} = attempt
  const {group} = resource
  const object = name === undefined ? '' : ` ${name}`
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`
  return `${verb} ${resourceInRule(attempt)}${group && `.${group}`}${object}${where}`
}

/** The RBAC rule that allows the request, as YAML after an introduction. */
export function neededRule(attempt: ResourceRequest): string {
  return [
    `grant it with this rule in ${roleFor(attempt)}:`,
    `- apiGroups: ["${attempt.resource.group}"]`,
    `  resources: ["${resourceInRule(attempt)}"]`,
    `  verbs: ${verbsWith(attempt)}`,
  ].join('\n')
}

/** The same in one line. `verbs`: more than the one of the attempt. */
export function neededRuleInline(attempt: ResourceRequest, verbs?: readonly string[]): string {
  const resources = resourceInRule(attempt)
  const rule = `{apiGroups: ["${attempt.resource.group}"], resources: ["${resources}"], verbs: ${verbs ? JSON.stringify(verbs).replaceAll(',', ', ') : verbsWith(attempt)}}`
  return `grant it with this rule in ${roleFor(attempt)}: ${rule}`
}

/** lbex watches everything that it lists, except for Leases. */
function verbsWith({verb, resource}: ResourceRequest): string {
  const reads = (verb === 'list' || verb === 'watch') && resource !== LEASE_RESOURCE
  return reads ? '["list", "watch"]' : `["${verb}"]`
}

function roleFor({namespace}: ResourceRequest): string {
  return namespace === undefined ? 'a ClusterRole' : `a Role of the namespace ${namespace}`
}
