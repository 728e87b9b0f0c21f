/** Whether the API server lets lbex publish. It serves without that too, so a missing right is a warning. */
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {KubeAccess} from '../kube/access.js'
import {describeAttempt, neededRuleInline, type Verb} from '../kube/resource.js'
import {rightsToPublish, type PublishingRights, type PublishingScope} from '../publish/rights.js'

const publish = new Check('api-publish')

/** Bugs alone are thrown. */
export async function checkPublishRights(
  access: Pick<KubeAccess, 'review'>,
  scope: PublishingScope,
): Promise<Finding[]> {
  try {
    const found = await Promise.all(
      rightsToPublish(scope).map(async (rights) => judge(rights, await missingOf(access, rights))),
    )
    const warnings = found.flat()
    return warnings.length > 0 ? warnings : [publish.ok('lbex may write status, Events and Leases')]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [publish.unknown(error.message)]
  }
}

async function missingOf(access: Pick<KubeAccess, 'review'>, rights: PublishingRights): Promise<Verb[]> {
  const {verbs, without: _, ...target} = rights
  const {signal} = new AbortController()
  const answers = await Promise.all(verbs.map((verb) => access.review({...target, verb}, signal)))
  return verbs.filter((_verb, index) => answers[index]?.allowed === false)
}

function judge({verbs, without, ...target}: PublishingRights, missing: readonly Verb[]): Finding[] {
  const [verb, ...others] = missing
  if (verb === undefined) return []
  const attempt = {...target, verb}
  const what = describeAttempt(attempt).replace(verb, [verb, ...others].join(', '))
  return [publish.warning(`lbex may not ${what}, so ${without}`, neededRuleInline(attempt, verbs))]
}
