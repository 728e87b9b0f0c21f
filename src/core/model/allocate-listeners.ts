/** Decides which Service gets a listener that several request. The result is the same on every host and after a restart. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {conflictOf} from './listener-conflict.js'
import {isWildcard, portId, type ListenerKey} from './listener-key.js'
import type {OwnedRequest} from './make-listener.js'
import type {DataPlaneCapabilities} from './options.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {byPrecedence} from './precedence.js'
import {reportRejections, type Rejection} from './report-rejection.js'
import {serverNameOf, wildcardsOver} from './route-match.js'

type Candidate = OwnedRequest

type Capabilities = Pick<DataPlaneCapabilities, 'certificatePerName'>

export type ListenerAllocation = {
  /** Requests that conflict with an allocated request of another Service, or of an earlier port of the same Service. */
  readonly rejected: ReadonlySet<ListenerRequest>
  /** The listenerIds of the listeners that are allocated to more than one Service. */
  readonly shared: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The requests for a listener are sorted by creationTimestamp of their Services (oldest first), then by namespace/name, then by
 * port. Each request gets the listener unless it conflicts with an earlier one that got it (listener-conflict.ts), or with an
 * earlier one for the wildcard address with the same port, or vice versa.
 *
 * A Service keeps its listener while it has no backend: a restart of its Pods must not give the listener to another Service.
 */
export function allocateListeners(
  plans: readonly ServicePlan[],
  capabilities: Capabilities,
): ListenerAllocation {
  const rejected = new Set<ListenerRequest>()
  const shared = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const rejections: Rejection[] = []
  for (const [, candidates] of contests(plans)) {
    const {slots, losers} = allocate(candidates, capabilities)
    for (const [id, {winners}] of slots) if (new Set(winners.map(({plan}) => plan)).size > 1) shared.add(id)
    for (const loser of losers) {
      rejected.add(loser.candidate.request)
      rejections.push(loser)
    }
  }
  reportRejections(rejections, diagnostics)
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
  return [...candidates].sort(([a], [b]) => (a < b ? -1 : 1))
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

type NameOwners = ReadonlyMap<string | undefined, Candidate>

/** The winners for one listener. */
type Slot = {
  readonly winners: Candidate[]
  /** The first winner that is not closed: its settings are those of the listener. */
  decider?: Candidate
  /** The first winner for each traffic: one that is not closed, if there is one. */
  readonly firstByName: Map<string | undefined, Candidate>
  /** The number of winners by namespace, and by namespace and name. */
  readonly counts: Map<string, number>
}

/** The slots are by listenerId. */
function allocate(
  candidates: Candidate[],
  capabilities: Capabilities,
): {
  slots: ReadonlyMap<string, Slot>
  losers: readonly Rejection[]
} {
  const slots = new Map<string, Slot>()
  const firstOf = new Map<'wildcard' | 'single', Candidate>()
  const losers: Rejection[] = []
  for (const candidate of candidates.sort(byPrecedence)) {
    const {key, id, match} = candidate.request
    const [kind, other] = isWildcard(key.address) ? WILDCARD : SINGLE
    const slot = slots.get(id) ?? newSlot()
    const loser =
      findOverlap(candidate, firstOf.get(other)) ??
      findConflict(candidate, slot, capabilities) ??
      findExcess(candidate, slot)
    if (loser) losers.push(loser)
    else {
      const name = serverNameOf(match)
      slots.set(id, slot)
      slot.winners.push(candidate)
      if (!candidate.request.closed) slot.decider ??= candidate
      for (const counter of countersOf(candidate))
        slot.counts.set(counter, (slot.counts.get(counter) ?? 0) + 1)
      const first = slot.firstByName.get(name)
      if (!first || (first.request.closed && !candidate.request.closed)) slot.firstByName.set(name, candidate)
      if (!firstOf.has(kind)) firstOf.set(kind, candidate)
    }
  }
  return {slots, losers}
}

function newSlot(): Slot {
  return {winners: [], firstByName: new Map(), counts: new Map()}
}

/** Routes of one namespace for one listener: NGINX rejects a listener with too many, and all Services would lose it. */
const MOST_OF_NAMESPACE = 1000

/** Routes of one namespace for the same traffic of a listener: more cannot share it by weight in whole hundredths. */
const MOST_OF_NAME = 100

/** The counters of a namespace, and of a name in it. NUL is in neither. */
function countersOf({plan, request}: Candidate): readonly [string, string] {
  const {namespace} = plan.intent.service.ref
  return [namespace, `${namespace}\0${serverNameOf(request.match) ?? ''}`]
}

function findExcess(candidate: Candidate, {winners, counts}: Slot): Rejection | undefined {
  const [winner] = winners
  if (!winner) return undefined
  const [all, same] = countersOf(candidate).map((counter) => counts.get(counter) ?? 0)
  const excess =
    (all ?? 0) >= MOST_OF_NAMESPACE ? MOST_OF_NAMESPACE : (same ?? 0) >= MOST_OF_NAME ? MOST_OF_NAME : 0
  return excess === 0
    ? undefined
    : {candidate, winner, conflict: {about: 'limit', names: excess + 1, limit: excess}}
}

const WILDCARD = ['wildcard', 'single'] as const
const SINGLE = ['single', 'wildcard'] as const

/** No setting lets a listener on all addresses and one on a single address of the same port exist together. */
function findOverlap(candidate: Candidate, winner: Candidate | undefined): Rejection | undefined {
  return winner && {candidate, winner, conflict: {about: 'listener'}}
}

/**
 * It is enough to compare a request with the first winner, the first one that is not closed, and the first one for the same traffic:
 * all winners agree with these on the kind of traffic and on the settings, and all winners for the same traffic are of one group.
 */
function findConflict(
  candidate: Candidate,
  {winners, decider, firstByName}: Slot,
  capabilities: Capabilities,
): Rejection | undefined {
  const name = serverNameOf(candidate.request.match)
  for (const winner of [winners[0], decider, firstByName.get(name)]) {
    const conflict = winner && conflictOf(winner.request, candidate.request, capabilities)
    if (conflict) return {candidate, winner, conflict}
  }
  const winner = name === undefined ? undefined : findForeignWildcard(name, candidate, firstByName)
  return winner && {candidate, winner, conflict: {about: 'name'}}
}

/** The owner of the wildcard that has the traffic of the name now, if it is in another namespace: it must not lose that traffic. */
function findForeignWildcard(
  name: string,
  {plan}: Candidate,
  firstByName: NameOwners,
): Candidate | undefined {
  const wildcard = wildcardsOver(name).find((each) => firstByName.has(each))
  const owner = wildcard === undefined ? undefined : firstByName.get(wildcard)
  const isForeign = owner?.plan.intent.service.ref.namespace !== plan.intent.service.ref.namespace
  return isForeign ? owner : undefined
}
