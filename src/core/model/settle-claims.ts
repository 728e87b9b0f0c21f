/** Who gets a listener that several ask for: the same answer on every host of a fleet, and after a restart. */
import type {Diagnostic, Related} from '../../diagnostics/diagnostic.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {reporter, type Report} from '../../diagnostics/reporter.js'
import type {Claim, ServicePlan} from './plan-service.js'

type Bid = {readonly plan: ServicePlan; readonly claim: Claim}

export type Settlement = {
  /** Claims that another Service, or an earlier port of the same one, has won. */
  readonly lost: ReadonlySet<Claim>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * For each listener the Service with the older creationTimestamp wins, then the first by namespace/name, then the first port.
 * A Service keeps its claim while it has no backend: a listener must not change hands because Pods restart.
 */
export function settleClaims(plans: readonly ServicePlan[]): Settlement {
  const lost = new Set<Claim>()
  const diagnostics: Diagnostic[] = []
  const reports = new Map<ServicePlan, Report>()
  for (const bids of contested(plans)) {
    const [winner, ...losers] = bids.sort(byPrecedence)
    if (!winner) continue
    for (const loser of losers) {
      lost.add(loser.claim)
      const report = reports.get(loser.plan) ?? reporter(loser.plan.intent.service, diagnostics)
      reports.set(loser.plan, report)
      reportConflict(loser, winner, report)
    }
  }
  return {lost, diagnostics}
}

/** The bids for each listener that has more than one, sorted by listener. */
function contested(plans: readonly ServicePlan[]): Bid[][] {
  const seen = new Set<string>()
  const contests = new Map<string, Bid[]>()
  for (const plan of plans) {
    for (const claim of plan.claims) {
      if (seen.has(claim.id)) contests.set(claim.id, [])
      else seen.add(claim.id)
    }
  }
  if (contests.size > 0)
    for (const plan of plans) for (const claim of plan.claims) contests.get(claim.id)?.push({plan, claim})
  return [...contests].sort(([a], [b]) => compare(a, b)).map(([, bids]) => bids)
}

/** Equal for the ports of one Service, which the sort leaves in their order. */
function byPrecedence(a: Bid, b: Bid): number {
  return compare(created(a), created(b)) || compare(nameOf(a), nameOf(b))
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds since the epoch; what the API server has not seen yet is younger than all. */
function created({plan}: Bid): number {
  const time = Date.parse(plan.intent.service.creationTimestamp ?? '')
  return Number.isNaN(time) ? Infinity : time
}

/** NUL sorts before every character of a name, as the end of a word does. */
function nameOf({plan}: Bid): string {
  const {namespace, name} = plan.intent.service.ref
  return `${namespace}\0${name}`
}

function reportConflict(loser: Bid, winner: Bid, report: Report): void {
  report('port-conflict', {
    field: loser.claim.port.field,
    args: () => ({listener: loser.claim.id, ...describeWinner(winner, loser)}),
    related: [placeOf(winner)],
  })
}

function describeWinner(winner: Bid, loser: Bid): {winner: string; why?: string} {
  if (winner.plan === loser.plan) return {winner: 'another port of this Service'}
  const {ref} = winner.plan.intent.service
  const why = created(winner) === created(loser) ? 'it comes first by namespace/name' : 'it is older'
  return {winner: describeObject(ref), why}
}

function placeOf({plan, claim}: Bid): Related {
  const {ref, origin} = plan.intent.service
  return {message: 'taken here', object: ref, field: claim.port.field, ...(origin && {origin})}
}
