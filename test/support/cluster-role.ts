/** The roles of deploy/: all that lbex may do with the API, wherever it is tested. */
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'

type Rule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}
type Role = {
  readonly kind: 'ClusterRole' | 'Role'
  readonly metadata: {readonly name: string}
  readonly rules: readonly Rule[]
}

export const CLUSTER_ROLE = readRole('access/cluster-role.yaml')

/** `list services`, `watch nodes` …: all that lbex needs to serve. */
export function rightsOfRole(): string[] {
  return CLUSTER_ROLE.rules.flatMap(rightsOfRule)
}

/** `patch services/status`, `get leases` …: all that it needs besides to publish; and what --finalizer takes. */
export function rightsOfPublishRoles(finalizer = false): string[] {
  return publishRules(finalizer).flatMap(rightsOfRule)
}

export function publishRules(finalizer = false): Rule[] {
  return publishRoles(finalizer).flatMap(({rules}) => rules)
}

/** The roles themselves; those of kind Role are for the namespace of the Leases. */
export function publishRoles(finalizer = false): Role[] {
  const files = [
    'publish/cluster-role.yaml',
    'publish/role.yaml',
    ...(finalizer ? ['publish/finalizer/cluster-role.yaml'] : []),
  ]
  return files.map(readRole)
}

function rightsOfRule({resources, verbs}: Rule): string[] {
  return resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`))
}

/** `path` below deploy/. */
function readRole(path: string): Role {
  return parse(readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')) as Role
}
