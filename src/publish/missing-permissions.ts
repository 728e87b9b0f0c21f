/** Finds the permissions for publishing that the credentials lack. */
import type {KubeAccess} from '../kube/access.js'
import type {ResourceRequest} from '../kube/resource.js'
import type {PublishingPermissions} from './permissions.js'

/** Rejects with a Failure if the access review fails. */
export async function missingPermissions(
  access: Pick<KubeAccess, 'review'>,
  permissions: readonly PublishingPermissions[],
  signal: AbortSignal,
): Promise<ResourceRequest[]> {
  const attempts = permissions.flatMap(({verbs, without: _, ...target}) =>
    verbs.map((verb) => ({...target, verb})),
  )
  const reviews = await Promise.all(attempts.map((attempt) => access.review(attempt, signal)))
  return attempts.filter((_, at) => reviews[at]?.allowed !== true)
}
