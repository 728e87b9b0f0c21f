/** The kinds that the double serves, and the paths that lead to them. */
export type Resource = {
  readonly kind: string
  readonly apiVersion: string
  readonly group: string
  readonly plural: string
  readonly namespaced: boolean
}

export const RESOURCES: readonly Resource[] = [
  {kind: 'Service', apiVersion: 'v1', group: '', plural: 'services', namespaced: true},
  {kind: 'Endpoints', apiVersion: 'v1', group: '', plural: 'endpoints', namespaced: true},
  {kind: 'Secret', apiVersion: 'v1', group: '', plural: 'secrets', namespaced: true},
  {kind: 'Node', apiVersion: 'v1', group: '', plural: 'nodes', namespaced: false},
  {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    group: 'discovery.k8s.io',
    plural: 'endpointslices',
    namespaced: true,
  },
  {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    group: 'coordination.k8s.io',
    plural: 'leases',
    namespaced: true,
  },
  {kind: 'Event', apiVersion: 'events.k8s.io/v1', group: 'events.k8s.io', plural: 'events', namespaced: true},
]

export type Target = {
  readonly resource: Resource
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: 'status'
}

const PATH = /^\/(?:api\/v1|apis\/([^/]+)\/v1)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(\/status)?$/

/** Undefined for a path that the double does not know. */
export function targetOf(path: string): Target | undefined {
  const [, group = '', namespace, plural, name, status] = PATH.exec(path) ?? []
  const resource = RESOURCES.find((known) => known.group === group && known.plural === plural)
  return (
    resource && {
      resource,
      ...(namespace !== undefined && {namespace}),
      ...(name !== undefined && {name}),
      ...(status !== undefined && {subresource: 'status'}),
    }
  )
}

/** As a rule of RBAC names it: `services`, `services/status`. */
export function pluralOf(target: Target | undefined): string {
  return `${target?.resource.plural ?? ''}${target?.subresource ? '/status' : ''}`
}

/** Where objects of a kind are created (`name` absent), read and changed. */
export function pathTo(kind: string, namespace?: string, name?: string): string {
  const resource = resourceOf(kind)
  const root = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/v1`
  const within = namespace === undefined ? '' : `/namespaces/${namespace}`
  return `${root}${within}/${resource.plural}${name === undefined ? '' : `/${name}`}`
}

export function resourceOf(kind: string): Resource {
  const resource = RESOURCES.find((known) => known.kind === kind)
  if (!resource) throw new Error(`the double knows no ${kind}`)
  return resource
}
