/** The API permissions that publishing needs. A test checks that deploy/publish grants exactly these. */
import {
  EVENT_RESOURCE,
  LEASE_RESOURCE,
  SERVICE_RESOURCE,
  type ResourceRequest,
  type Verb,
} from '../kube/resource.js'

export type PublishingPermissions = Omit<ResourceRequest, 'verb' | 'name'> & {
  readonly verbs: readonly Verb[]
  /** The consequence if one of them is missing; completes `lbex may not …, so`. */
  readonly without: string
}

export type PublishingScope = {
  /** The namespaces of the Services; empty for all. */
  readonly namespaces: readonly string[]
  /** The namespace of the Leases. */
  readonly leaseNamespace: string
  /** --finalizer is on. */
  readonly finalizer: boolean
}

export function permissionsToPublish({
  namespaces,
  leaseNamespace,
  finalizer,
}: PublishingScope): PublishingPermissions[] {
  const scopes = namespaces.length > 0 ? namespaces : [undefined]
  return [
    {
      resource: LEASE_RESOURCE,
      namespace: leaseNamespace,
      verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
      without: 'the hosts of a group cannot agree on who writes the status of Services',
    },
    ...scopes.flatMap((namespace) => permissionsIn(namespace, finalizer)),
  ]
}

function permissionsIn(namespace: string | undefined, finalizer: boolean): PublishingPermissions[] {
  const services = {resource: SERVICE_RESOURCE, namespace, verbs: ['patch']} as const
  return [
    {...services, subresource: 'status', without: 'the status of Services is not written'},
    {
      ...{resource: EVENT_RESOURCE, namespace, verbs: ['create', 'patch']},
      without: 'no Events are written',
    },
    ...(finalizer ? [{...services, without: 'the finalizer of Services is neither set nor removed'}] : []),
  ]
}
