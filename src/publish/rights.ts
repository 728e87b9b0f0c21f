/** All that publishing does with the API. deploy/publish grants exactly this; a test compares them. */
import {
  EVENT_RESOURCE,
  LEASE_RESOURCE,
  SERVICE_RESOURCE,
  type ResourceRequest,
  type Verb,
} from '../kube/resource.js'

export type PublishingRights = Omit<ResourceRequest, 'verb' | 'name'> & {
  readonly verbs: readonly Verb[]
  /** What lbex cannot do without them, after `so `. */
  readonly without: string
}

export type PublishingScope = {
  /** Those of the Services; empty: all. */
  readonly namespaces: readonly string[]
  /** Of the Leases. */
  readonly leaseNamespace: string
  /** --finalizer is on. */
  readonly finalizer: boolean
}

export function rightsToPublish({
  namespaces,
  leaseNamespace,
  finalizer,
}: PublishingScope): PublishingRights[] {
  const places = namespaces.length > 0 ? namespaces : [undefined]
  return [
    {
      resource: LEASE_RESOURCE,
      namespace: leaseNamespace,
      verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
      without: 'the hosts of a group cannot agree on who writes the status of Services',
    },
    ...places.flatMap((namespace) => rightsIn(namespace, finalizer)),
  ]
}

function rightsIn(namespace: string | undefined, finalizer: boolean): PublishingRights[] {
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
