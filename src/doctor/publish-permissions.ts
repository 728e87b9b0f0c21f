/** Checks the permissions for publishing. lbex serves without them, so a missing permission is only a warning. */
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {KubeAccess} from '../kube/access.js'
import {describeAttempt, neededRuleInline, type Verb} from '../kube/resource.js'
import {
  permissionsToPublish,
  type PublishingPermissions,
  type PublishingScope,
} from '../publish/permissions.js'

const publish = new Check('api-publish')

/** Failures become findings; only bugs are thrown. */
export async function checkPublishPermissions(
  access: Pick<KubeAccess, 'review'>,
  scope: PublishingScope,
): Promise<Finding[]> {
  try {
    const found = await Promise.all(
      permissionsToPublish(scope).map(async (permissions) =>
        findingsOf(permissions, await missingOf(access, permissions)),
      ),
    )
    const warnings = found.flat()
    return warnings.length > 0 ? warnings : [publish.ok('lbex may write status, Events and Leases')]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [publish.unknown(error.message)]
  }
}

async function missingOf(
  access: Pick<KubeAccess, 'review'>,
  permissions: PublishingPermissions,
): Promise<Verb[]> {
  const {verbs, without: _, ...target} = permissions
  const {signal} = new AbortController()
  const answers = await Promise.all(verbs.map((verb) => access.review({...target, verb}, signal)))
  return verbs.filter((_verb, index) => answers[index]?.allowed === false)
}

function findingsOf({verbs, without, ...target}: PublishingPermissions, missing: readonly Verb[]): Finding[] {
  const [verb, ...others] = missing
  if (verb === undefined) return []
  const attempt = {...target, verb}
  const what = describeAttempt(attempt).replace(verb, [verb, ...others].join(', '))
  return [publish.warning(`lbex may not ${what}, so ${without}`, neededRuleInline(attempt, verbs))]
}
