/** Which of the rights to publish the credentials lack. */
import type {KubeAccess} from '../kube/access.js'
import type {ResourceRequest} from '../kube/resource.js'
import type {PublishingRights} from './rights.js'

/** Rejects with a Failure if the API server does not say. */
export async function missingRights(
  access: Pick<KubeAccess, 'review'>,
  rights: readonly PublishingRights[],
  signal: AbortSignal,
): Promise<ResourceRequest[]> {
  const attempts = rights.flatMap(({verbs, without: _, ...target}) =>
    verbs.map((verb) => ({...target, verb})),
  )
  const permissions = await Promise.all(attempts.map((attempt) => access.review(attempt, signal)))
  return attempts.filter((_, at) => permissions[at]?.allowed !== true)
}
