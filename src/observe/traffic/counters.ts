/** Counts the sessions of each Service, listen port and protocol. */
import {TRAFFIC_METRICS} from './catalogue.js'
import type {Refusal, Session} from './session-line.js'

/** Counts of a histogram; `counts` has one more than `bounds`, for the larger values. */
export type Distribution = {
  /** Seconds. */
  readonly bounds: readonly number[]
  readonly counts: number[]
  /** Milliseconds: whole numbers, so that the sum is exact. */
  sum: number
}

type Totals = {connections: number; received: number; sent: number; failures: number}

/** `usedAt`: monotonic milliseconds of the last session. */
export type ServerCounts = Totals & {usedAt: number}

export type Counts = Totals & {
  readonly refused: Record<Refusal, number>
  readonly duration: Distribution
  readonly connectTime: Distribution
  /** By ADDRESS:PORT; empty if servers are not counted. */
  readonly servers: Map<string, ServerCounts>
}

export function newCounts(): Counts {
  return {
    ...newTotals(),
    refused: {source_range: 0, limit: 0, no_backend: 0, unreachable: 0, error: 0},
    duration: newDistribution(TRAFFIC_METRICS.duration.buckets),
    connectTime: newDistribution(TRAFFIC_METRICS.connectTime.buckets),
    servers: new Map(),
  }
}

export type Counting = {
  /** The number of sessions that this one counts for. */
  readonly weight: number
  readonly perServer: boolean
  /** Monotonic milliseconds. */
  readonly now: number
}

export function countSession(counts: Counts, session: Session, counting: Counting): void {
  const {weight, perServer} = counting
  const {refusal, received, sent, duration, attempts} = session
  const connected = attempts.at(-1)?.connectTime
  const failed = attempts.length - (connected === undefined ? 0 : 1)
  add(counts, {connections: 1, received, sent, failures: failed}, weight)
  if (refusal) counts.refused[refusal] += weight
  else note(counts.duration, duration, weight)
  if (connected !== undefined) note(counts.connectTime, connected, weight)
  if (perServer) countServers(counts.servers, session, counting)
}

function countServers(
  servers: Counts['servers'],
  {attempts, received, sent}: Session,
  {weight, now}: Counting,
): void {
  for (const {server, connectTime} of attempts) {
    const isFailed = connectTime === undefined
    const one = isFailed
      ? {connections: 0, received: 0, sent: 0, failures: 1}
      : {connections: 1, received, sent, failures: 0}
    let counts = servers.get(server)
    if (!counts) servers.set(server, (counts = {...newTotals(), usedAt: now}))
    counts.usedAt = now
    add(counts, one, weight)
  }
}

function add(counts: Totals, more: Readonly<Totals>, weight: number): void {
  counts.connections += more.connections * weight
  counts.received += more.received * weight
  counts.sent += more.sent * weight
  counts.failures += more.failures * weight
}

function newTotals(): Totals {
  return {connections: 0, received: 0, sent: 0, failures: 0}
}

function newDistribution(bounds: readonly number[]): Distribution {
  return {bounds, counts: Array.from({length: bounds.length + 1}, () => 0), sum: 0}
}

function note(distribution: Distribution, milliseconds: number, weight: number): void {
  const {bounds, counts} = distribution
  const index = bounds.findIndex((bound) => milliseconds <= bound * 1000)
  const bucket = index === -1 ? bounds.length : index
  counts[bucket] = (counts[bucket] ?? 0) + weight
  distribution.sum += milliseconds * weight
}
