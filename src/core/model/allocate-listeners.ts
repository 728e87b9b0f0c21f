/** Decides which Service gets a listener that several ask for: the same answer on every host of a fleet, and after a restart. */
import {isDeepStrictEqual} from 'node:util'
import type {Diagnostic, Related} from '../../diagnostics/diagnostic.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {reporter, type Report} from '../../diagnostics/reporter.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {isSameMatch, serverNameOf} from './route-match.js'

type Candidate = {readonly plan: ServicePlan; readonly request: ListenerRequest}

export type ListenerAllocation = {
  /** Requests that conflict with one of another Service, or of an earlier port of the same one, that was allocated. */
  readonly lost: ReadonlySet<ListenerRequest>
  /** listenerId of each listener that is allocated to requests of more than one Service. */
  readonly shared: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * For each listener the Service with the older creationTimestamp comes first, then the first by namespace/name, then the first
 * port. A request gets the listener unless it conflicts with one that got it before:
 *
 *  it asks for                     | and conflicts with
 *  all traffic, without a weight   | every other request for the listener
 *  an SNI name, without a weight   | requests for all traffic without a weight, and for the same name
 *  traffic, with a weight          | requests without a weight for all traffic, or for the same
 *  the listener with settings      | every request with other settings
 *
 * A Service keeps its listener while it has no backend: a listener must not change hands because Pods restart.
 */
export function allocateListeners(plans: readonly ServicePlan[]): ListenerAllocation {
  const lost = new Set<ListenerRequest>()
  const shared = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const reports = new Map<ServicePlan, Report>()
  for (const [id, candidates] of contested(plans)) {
    const {winners, losers} = allocate(candidates)
    if (new Set(winners.map(({plan}) => plan)).size > 1) shared.add(id)
    for (const {loser, winner} of losers) {
      lost.add(loser.request)
      const report = reports.get(loser.plan) ?? reporter(loser.plan.intent.service, diagnostics)
      reports.set(loser.plan, report)
      reportConflict(loser, winner, report)
    }
  }
  return {lost, shared, diagnostics}
}

/** The candidates for each listener that has more than one, sorted by listener. */
function contested(plans: readonly ServicePlan[]): [id: string, candidates: Candidate[]][] {
  const seen = new Set<string>()
  const contests = new Map<string, Candidate[]>()
  for (const plan of plans) {
    for (const {id} of plan.requests) {
      if (seen.has(id)) contests.set(id, [])
      else seen.add(id)
    }
  }
  if (contests.size > 0)
    for (const plan of plans)
      for (const request of plan.requests) contests.get(request.id)?.push({plan, request})
  return [...contests].sort(([a], [b]) => compare(a, b))
}

type Loser = {readonly loser: Candidate; readonly winner: Candidate}

function allocate(candidates: Candidate[]): {winners: readonly Candidate[]; losers: readonly Loser[]} {
  const winners: Candidate[] = []
  const losers: Loser[] = []
  const firstByName = new Map<string | undefined, Candidate>()
  for (const candidate of candidates.sort(byPrecedence)) {
    const name = serverNameOf(candidate.request.match)
    const winner = [winners[0], firstByName.get(name)].find(
      (earlier) => earlier && conflict(earlier.request, candidate.request),
    )
    if (winner) losers.push({loser: candidate, winner})
    else {
      winners.push(candidate)
      if (!firstByName.has(name)) firstByName.set(name, candidate)
    }
  }
  return {winners, losers}
}

/**
 * A request conflicts with any winner only if it does with the first of all, or with the first for the same traffic: an
 * exclusive winner is the only one, all winners have equal settings, and those for the same traffic all have a weight or are one.
 */
function conflict(a: ListenerRequest, b: ListenerRequest): boolean {
  if (isExclusive(a) || isExclusive(b)) return true
  if (!isDeepStrictEqual(a.settings, b.settings)) return true
  return isSameMatch(a.match, b.match) && (a.weight === undefined || b.weight === undefined)
}

function isExclusive({match, weight}: ListenerRequest): boolean {
  return match.type === 'all' && weight === undefined
}

/** Equal for the ports of one Service, which the sort leaves in their order. */
function byPrecedence(a: Candidate, b: Candidate): number {
  return compare(created(a), created(b)) || compare(nameOf(a), nameOf(b))
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds since the epoch; what the API server has not seen yet is younger than all. */
function created({plan}: Candidate): number {
  const time = Date.parse(plan.intent.service.creationTimestamp ?? '')
  return Number.isNaN(time) ? Infinity : time
}

/** NUL sorts before every character of a name, as the end of a word does. */
function nameOf({plan}: Candidate): string {
  const {namespace, name} = plan.intent.service.ref
  return `${namespace}\0${name}`
}

function reportConflict(loser: Candidate, winner: Candidate, report: Report): void {
  report('port-conflict', {
    field: loser.request.port.field,
    args: () => ({listener: loser.request.id, ...describeWinner(winner, loser)}),
    related: [placeOf(winner)],
  })
}

function describeWinner(winner: Candidate, loser: Candidate): {winner: string; why?: string} {
  if (winner.plan === loser.plan) return {winner: 'another port of this Service'}
  const {ref} = winner.plan.intent.service
  const why = created(winner) === created(loser) ? 'it comes first by namespace/name' : 'it is older'
  return {winner: describeObject(ref), why}
}

function placeOf({plan, request}: Candidate): Related {
  const {ref, origin} = plan.intent.service
  return {message: 'allocated here', object: ref, field: request.port.field, ...(origin && {origin})}
}
