/** Decides which Service gets a listener that several request. The result is the same on every host and after a restart. */
import {isDeepStrictEqual} from 'node:util'
import type {Diagnostic, Related} from '../../diagnostics/diagnostic.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import {isWildcard, portId, type ListenerKey} from './listener-key.js'
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
 *  an address                      | requests for the wildcard address with the same port, and vice versa
 *
 * A Service keeps its listener while it has no backend: a restart of its Pods must not give the listener to another Service.
 */
export function allocateListeners(plans: readonly ServicePlan[]): ListenerAllocation {
  const rejected = new Set<ListenerRequest>()
  const shared = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const reports = new Map<ServicePlan, ReportDiagnostic>()
  for (const [, candidates] of contests(plans)) {
    const {slots, losers} = allocate(candidates)
    for (const [id, {winners}] of slots) if (new Set(winners.map(({plan}) => plan)).size > 1) shared.add(id)
    for (const {loser, winner} of losers) {
      rejected.add(loser.request)
      const report = reports.get(loser.plan) ?? reporter(loser.plan.intent.service, diagnostics)
      reports.set(loser.plan, report)
      reportConflict(loser, winner, report)
    }
  }
  return {rejected, shared, diagnostics}
}

/**
 * The candidates for each listener with more than one request, by listenerId; if a port has requests for the wildcard and for
 * single addresses, those of all its listeners, by portId. Sorted by these.
 */
function contests(plans: readonly ServicePlan[]): [id: string, candidates: Candidate[]][] {
  const mixed = mixedPorts(plans)
  const contestOf = ({id, key}: ListenerRequest): string =>
    mixed.size > 0 && mixed.has(numberOf(key)) ? portId(key) : id
  const ids = new Set<string>()
  const candidates = new Map<string, Candidate[]>()
  for (const plan of plans) {
    for (const request of plan.requests) {
      const id = contestOf(request)
      if (ids.has(id)) candidates.set(id, [])
      else ids.add(id)
    }
  }
  if (candidates.size > 0)
    for (const plan of plans)
      for (const request of plan.requests) candidates.get(contestOf(request))?.push({plan, request})
  return [...candidates].sort(([a], [b]) => compare(a, b))
}

/** The ports, as numberOf, with requests for the wildcard and for single addresses. Usually all requests are of one kind. */
function mixedPorts(plans: readonly ServicePlan[]): ReadonlySet<number> {
  const ports = {wildcard: new Set<number>(), single: new Set<number>()}
  const kinds = new Set<boolean>()
  for (const {requests} of plans) for (const {key} of requests) kinds.add(isWildcard(key.address))
  if (kinds.size < 2) return new Set()
  for (const {requests} of plans)
    for (const {key} of requests) ports[isWildcard(key.address) ? 'wildcard' : 'single'].add(numberOf(key))
  return new Set([...ports.single].filter((port) => ports.wildcard.has(port)))
}

/** Equal for keys with the same portId; cheaper, because it is computed for every request in each reconcile. */
function numberOf({address, port, protocol}: ListenerKey): number {
  return port * 4 + (protocol === 'UDP' ? 2 : 0) + (address.includes(':') ? 1 : 0)
}

type Loser = {readonly loser: Candidate; readonly winner: Candidate}

/** The winners for one listener. */
type Slot = {readonly winners: Candidate[]; readonly firstByName: Map<string | undefined, Candidate>}

/** The slots are by listenerId. */
function allocate(candidates: Candidate[]): {
  slots: ReadonlyMap<string, Slot>
  losers: readonly Loser[]
} {
  const slots = new Map<string, Slot>()
  const firstOf = new Map<'wildcard' | 'single', Candidate>()
  const losers: Loser[] = []
  for (const candidate of candidates.sort(byPrecedence)) {
    const {key, id, match} = candidate.request
    const [kind, other] = isWildcard(key.address) ? WILDCARD : SINGLE
    const slot = slots.get(id) ?? {winners: [], firstByName: new Map<string | undefined, Candidate>()}
    const winner = firstOf.get(other) ?? conflictIn(slot, candidate)
    if (winner) losers.push({loser: candidate, winner})
    else {
      const name = serverNameOf(match)
      slots.set(id, slot)
      slot.winners.push(candidate)
      if (!slot.firstByName.has(name)) slot.firstByName.set(name, candidate)
      if (!firstOf.has(kind)) firstOf.set(kind, candidate)
    }
  }
  return {slots, losers}
}

const WILDCARD = ['wildcard', 'single'] as const
const SINGLE = ['single', 'wildcard'] as const

function conflictIn({winners, firstByName}: Slot, candidate: Candidate): Candidate | undefined {
  return [winners[0], firstByName.get(serverNameOf(candidate.request.match))].find(
    (earlier) => earlier && conflict(earlier.request, candidate.request),
  )
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
    args: () => ({listener: loser.request.id, ...overlapOf(winner, loser), ...describeWinner(winner, loser)}),
    related: [placeOf(winner)],
  })
}

function overlapOf({request: {id}}: Candidate, loser: Candidate): {overlaps?: string} {
  return id === loser.request.id ? {} : {overlaps: id}
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
