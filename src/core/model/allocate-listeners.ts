/** Decides which Service gets a listener that several request. The result is the same on every host and after a restart. */
import {isDeepStrictEqual} from 'node:util'
import type {Diagnostic, Related} from '../../diagnostics/diagnostic.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {isSameMatch, serverNameOf} from './route-match.js'

type Candidate = {readonly plan: ServicePlan; readonly request: ListenerRequest}

export type ListenerAllocation = {
  /** Requests that conflict with an allocated request of another Service, or of an earlier port of the same Service. */
  readonly rejected: ReadonlySet<ListenerRequest>
  /** The listenerIds of the listeners that are allocated to more than one Service. */
  readonly shared: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The requests for a listener are sorted by creationTimestamp of their Services (oldest first), then by namespace/name, then by
 * port. Each request gets the listener unless it conflicts with an earlier one that got it:
 *
 *  a request for                   | conflicts with
 *  all traffic, without a weight   | every other request for the listener
 *  an SNI name, without a weight   | requests for all traffic without a weight, and for the same name
 *  traffic, with a weight          | requests without a weight for all traffic, or for the same
 *  the listener with settings      | every request with other settings
 *
 * A Service keeps its listener while it has no backend: a restart of its Pods must not give the listener to another Service.
 */
export function allocateListeners(plans: readonly ServicePlan[]): ListenerAllocation {
  const rejected = new Set<ListenerRequest>()
  const shared = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const reports = new Map<ServicePlan, ReportDiagnostic>()
  for (const [id, candidates] of contestedListeners(plans)) {
    const {winners, losers} = allocate(candidates)
    if (new Set(winners.map(({plan}) => plan)).size > 1) shared.add(id)
    for (const {loser, winner} of losers) {
      rejected.add(loser.request)
      const report = reports.get(loser.plan) ?? reporter(loser.plan.intent.service, diagnostics)
      reports.set(loser.plan, report)
      reportConflict(loser, winner, report)
    }
  }
  return {rejected, shared, diagnostics}
}

/** The candidates for each listener with more than one request, sorted by listenerId. */
function contestedListeners(plans: readonly ServicePlan[]): [id: string, candidates: Candidate[]][] {
  const ids = new Set<string>()
  const candidates = new Map<string, Candidate[]>()
  for (const plan of plans) {
    for (const {id} of plan.requests) {
      if (ids.has(id)) candidates.set(id, [])
      else ids.add(id)
    }
  }
  if (candidates.size > 0)
    for (const plan of plans)
      for (const request of plan.requests) candidates.get(request.id)?.push({plan, request})
  return [...candidates].sort(([a], [b]) => compare(a, b))
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
 * It is enough to compare a request with the first winner and with the first winner for the same traffic: an exclusive winner
 * is the only winner, all winners have equal settings, and if several winners are for the same traffic, all have a weight.
 */
function conflict(a: ListenerRequest, b: ListenerRequest): boolean {
  if (isExclusive(a) || isExclusive(b)) return true
  if (!isDeepStrictEqual(a.settings, b.settings)) return true
  return isSameMatch(a.match, b.match) && (a.weight === undefined || b.weight === undefined)
}

function isExclusive({match, weight}: ListenerRequest): boolean {
  return match.type === 'all' && weight === undefined
}

/** Equal for the ports of one Service: the sort is stable and keeps their order. */
function byPrecedence(a: Candidate, b: Candidate): number {
  return compare(created(a), created(b)) || compare(nameOf(a), nameOf(b))
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds since the epoch; Infinity for an object that the API server has not created yet. */
function created({plan}: Candidate): number {
  const time = Date.parse(plan.intent.service.creationTimestamp ?? '')
  return Number.isNaN(time) ? Infinity : time
}

/** NUL sorts before every character of a name, so that a namespace sorts before the ones that it is a prefix of. */
function nameOf({plan}: Candidate): string {
  const {namespace, name} = plan.intent.service.ref
  return `${namespace}\0${name}`
}

function reportConflict(loser: Candidate, winner: Candidate, report: ReportDiagnostic): void {
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
