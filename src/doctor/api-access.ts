/** Checks that the API server responds, that lbex has the permissions it needs, and that the clocks agree. */
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {KubeAccess} from '../kube/access.js'
import type {Permission} from '../kube/answers.js'
import {describeAttempt, neededRuleInline, type ApiResource, type ResourceRequest} from '../kube/resource.js'
import type {Clock} from '../util/clock.js'

const api = new Check('api')
const permissions = new Check('api-permissions')
const clockCheck = new Check('clock')

/** Milliseconds that the clocks may differ by: a difference of minutes makes tokens and certificates invalid. */
const SKEW = 30_000

export type ApiCheck = {
  readonly findings: readonly Finding[]
  /** False if an attempt to read objects would fail as well. */
  readonly answers: boolean
}

export type ApiQuestions = {
  readonly resources: readonly (ApiResource & {readonly namespaced: boolean})[]
  /** Empty: all. */
  readonly namespaces: readonly string[]
}

type Answered = {readonly attempt: ResourceRequest; readonly permission: Permission}

/** Failures become findings; only bugs are thrown. */
export async function checkApi(
  access: Pick<KubeAccess, 'review' | 'description'>,
  questions: ApiQuestions,
  clock: Clock,
): Promise<ApiCheck> {
  try {
    const answered = await askAll(access, attemptsOf(questions))
    const findings = [
      api.ok(`${access.description} answers`),
      ...permissionFindings(answered),
      ...checkClock(answered, clock),
    ]
    return {findings, answers: true}
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return unanswered(error, access.description)
  }
}

/** A server without access reviews may still allow lbex to read objects. */
function unanswered(failure: Failure, description: string): ApiCheck {
  if (failure.code !== 'api-absent' && failure.code !== 'api-forbidden')
    return {findings: [api.failure(failure)], answers: false}
  const findings = [api.ok(`${description} answers`), permissions.unknown(failure.message)]
  return {findings, answers: true}
}

function attemptsOf({resources, namespaces}: ApiQuestions): ResourceRequest[] {
  return resources.flatMap(({namespaced, ...resource}) => {
    const places = namespaced && namespaces.length > 0 ? namespaces : [undefined]
    return places.flatMap((namespace) =>
      (['list', 'watch'] as const).map((verb) => ({verb, resource, namespace})),
    )
  })
}

/** Sends the first review alone, so that an unreachable server costs one timeout only. */
async function askAll(
  access: Pick<KubeAccess, 'review'>,
  attempts: readonly ResourceRequest[],
): Promise<Answered[]> {
  const {signal} = new AbortController()
  const ask = async (attempt: ResourceRequest): Promise<Answered> => ({
    attempt,
    permission: await access.review(attempt, signal),
  })
  const [first, ...others] = attempts
  if (!first) return []
  return [await ask(first), ...(await Promise.all(others.map(ask)))]
}

function permissionFindings(answered: readonly Answered[]): Finding[] {
  const denied = answered.filter(({permission}) => !permission.allowed).map(({attempt}) => attempt)
  if (denied.length > 0) {
    return denied.map((attempt) =>
      permissions.problem(`lbex may not ${describeAttempt(attempt)}`, neededRuleInline(attempt)),
    )
  }
  const kinds = [...new Set(answered.map(({attempt}) => attempt.resource.plural))]
  return [permissions.ok(`lbex may list and watch ${kinds.join(', ')}`)]
}

function checkClock(answered: readonly Answered[], clock: Clock): Finding[] {
  const serverTime = answered.at(-1)?.permission.serverTime
  if (serverTime === undefined) return []
  const skew = clock.now() - serverTime
  if (Math.abs(skew) < SKEW) return [clockCheck.ok('the API server has the same time')]
  const seconds = Math.round(Math.abs(skew) / 1000)
  return [
    clockCheck.warning(
      `this host is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the API server`,
      'timedatectl set-ntp true',
    ),
  ]
}
