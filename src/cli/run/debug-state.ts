/** The debug state of `lbex run`: made field by field from what the parts of lbex report. */
import type {LoopRecord} from '../../controller/loop-record.js'
import {
  DEBUG_VERSION,
  type BackoffDebug,
  type DebugState,
  type LeasesDebug,
  type LiveDebug,
  type NginxDebug,
  type QuarantineDebug,
  type QueuesDebug,
} from '../../core/state/debug-state.js'
import type {DataPlane} from '../../dataplane/data-plane.js'
import type {DataPlaneDetails, LiveDetails} from '../../dataplane/data-plane-details.js'
import type {ProbeCounts} from '../../health/monitor.js'
import type {TrafficLoad} from '../../observe/traffic.js'
import type {PublishingDetails} from '../../publish/publishing-details.js'
import type {KindFreshness, SnapshotSource} from '../../sources/snapshot-source.js'
import type {Clock} from '../../util/clock.js'

export type DebugInput = {
  readonly lbex: DebugState['lbex']
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly record: Pick<LoopRecord, 'unservedSince' | 'lastApply' | 'lastFailure' | 'retry'>
  readonly nginx: Pick<DataPlane, 'capabilities' | 'status' | 'details'>
  readonly freshness: readonly KindFreshness[]
  readonly publishing: PublishingDetails | undefined
  readonly health: ProbeCounts | undefined
  readonly traffic: TrafficLoad | undefined
}

export type DebugDeps = {
  readonly clock: Pick<Clock, 'now'>
  readonly nginx: DebugInput['nginx']
  readonly source: Pick<SnapshotSource, 'freshness'>
  readonly publishing?: {readonly details: () => PublishingDetails | undefined} | undefined
  readonly health?: {readonly counts: () => ProbeCounts} | undefined
  readonly traffic?: {readonly load: () => TrafficLoad} | undefined
}

/** Returns a function for the debug state at the moment of a request. */
export function debugView(
  {clock, nginx, source, publishing, health, traffic}: DebugDeps,
  record: LoopRecord,
): (lbex: DebugState['lbex']) => DebugState {
  return (lbex) =>
    debugState({
      ...{lbex, now: clock.now(), record, nginx, freshness: source.freshness()},
      ...{publishing: publishing?.details(), health: health?.counts(), traffic: traffic?.load()},
    })
}

export function debugState(input: DebugInput): DebugState {
  const {lbex, now, record, nginx, publishing} = input
  const {unservedSince} = record
  const details = nginx.details()
  const {version, pid, startedAt, phase} = lbex
  return {
    ...{version: DEBUG_VERSION, at: iso(now), lbex: {version, pid, startedAt, phase}},
    ...(unservedSince !== undefined && {pendingChange: {since: iso(unservedSince)}}),
    ...lastOnes(record),
    backoffs: backoffs(input, details),
    quarantine: details.quarantine.map((each) => quarantined(each, now)),
    ...(publishing && {leases: leases(publishing, now)}),
    queues: queues(input),
    ...(details.live && {liveUpdates: liveUpdates(details.live)}),
    nginx: nginxOf(nginx),
  }
}

function lastOnes({lastApply, lastFailure}: DebugInput['record']): Partial<DebugState> {
  return {
    ...(lastApply && {lastApply: applyOf(lastApply)}),
    ...(lastFailure && {lastFailure: failureOf(lastFailure)}),
  }
}

function applyOf({at, took, generation, changed, reloads, live}: NonNullable<LoopRecord['lastApply']>) {
  return {at: iso(at), seconds: Math.round(took) / 1000, generation, changed, reloads, live}
}

function failureOf({at, step, code, reason}: NonNullable<LoopRecord['lastFailure']>) {
  return {at: iso(at), step, code, ...(reason !== undefined && {reason})}
}

function backoffs(
  {record, freshness, publishing, now}: DebugInput,
  {live}: DataPlaneDetails,
): BackoffDebug[] {
  const {retry} = record
  const {pausedFor = 0, scopes = new Map<string, number>()} = publishing?.writes ?? {}
  return [
    ...(retry ? [{of: 'reconcile', failures: retry.failures, ...untilOf(retry.at)}] : []),
    ...freshness.flatMap((kind) => watchBackoff(kind, now)),
    ...(live && live.pausedFor > 0 ? [{of: 'live updates', until: iso(now + live.pausedFor)}] : []),
    ...(pausedFor > 0 ? [{of: 'writes', until: iso(now + pausedFor)}] : []),
    ...[...scopes].map(([scope, left]) => ({of: `writes of ${scope}`, until: iso(now + left)})),
  ]
}

function watchBackoff({kind, failure, retryIn}: KindFreshness, now: number): BackoffDebug[] {
  if (!failure) return []
  return [
    {
      of: `watch of ${kind}`,
      code: failure.code,
      ...untilOf(retryIn === undefined ? undefined : now + retryIn),
    },
  ]
}

function quarantined(
  {owners, reason, retryIn}: DataPlaneDetails['quarantine'][number],
  now: number,
): QuarantineDebug {
  const services = owners.map(({namespace, name}) => `${namespace}/${name}`)
  return {services, reason, ...untilOf(retryIn === undefined ? undefined : now + retryIn)}
}

function leases({leader, own, fresh}: PublishingDetails, now: number): LeasesDebug {
  const {lease, isLeader, holder, expiresIn} = leader
  const {renewedAgo} = own
  return {
    leader: {lease, isLeader, ...(holder !== undefined && {holder}), until: iso(now + expiresIn)},
    own: {lease: own.lease, ...(renewedAgo !== undefined && {renewed: iso(now - renewedAgo)})},
    fresh: fresh.map(({name, ready}) => ({name, ready})),
  }
}

function queues({publishing, health, traffic}: DebugInput): QueuesDebug {
  return {
    ...(publishing && {publisher: pick(publishing.writes, 'pending', 'events', 'running')}),
    ...(health && {health: pick(health, 'targets', 'running', 'waiting')}),
    ...(traffic && {
      traffic: pick(traffic, 'read', 'skipped', 'invalid', 'unknown', 'series', 'samplingRatio'),
    }),
  }
}

function liveUpdates({working, revision, entries, failures, suspect}: LiveDetails): LiveDebug {
  return {working, revision, ...(entries !== undefined && {entries}), failures, suspect}
}

function nginxOf(nginx: Pick<DataPlane, 'capabilities' | 'status'>): NginxDebug {
  const {version, plus, liveUpdates: live, njs, withoutRealip, withoutSslPreread} = nginx.capabilities
  const {serving, generation, oldWorkers} = nginx.status()
  return {
    ...{version: version.join('.'), plus, liveUpdates: live, ...(njs && {njsEngine: njs.engine})},
    ...{realClientAddress: withoutRealip !== true, serverNames: withoutSslPreread !== true},
    ...{serving, ...(generation !== undefined && {generation}), oldWorkers},
  }
}

function untilOf(time: number | undefined): {readonly until?: string} {
  return time === undefined ? {} : {until: iso(time)}
}

/** `time`: milliseconds since the epoch. */
function iso(time: number): string {
  return new Date(time).toISOString()
}

/** These fields and no others. */
function pick<T, K extends keyof T>(value: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<T, K>
}
