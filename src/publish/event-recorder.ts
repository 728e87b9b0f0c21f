/**
 * Writes Events as client-go does: the first occurrence creates an Event, repetitions are counted in its series, which is
 * written rarely (https://github.com/kubernetes/client-go/blob/master/tools/events/event_broadcaster.go). The number of Events
 * for one object is limited (…/tools/record/events_cache.go).
 */
import type {Clock} from '../util/clock.js'
import {EVENT_RESOURCE} from '../kube/resource.js'
import {TokenBucket} from '../util/token-bucket.js'
import {eventKey, eventName, makeEvent, seriesPatch, type EventDraft, type Series} from './events.js'
import {resultOf, type PacedWrite} from './paced-writes.js'
import type {WriteQueue} from './write-queue.js'

export type EventRecorderDeps = {
  readonly write: PacedWrite
  readonly queue: Pick<WriteQueue, 'put'>
  readonly clock: Clock
  /** The name of this host. */
  readonly instance: string
}

type Recorded = {
  readonly draft: EventDraft
  /** The name of the Event in the API. */
  name?: string | undefined
  isCreated: boolean
  series?: Series | undefined
  /** Monotonic time of the last write of the series. */
  writtenAt: number
  /** Monotonic time of the last occurrence. */
  notedAt: number
}

/** Milliseconds without an occurrence after which a series ends, and between two writes of a series that continues. */
const SERIES_END = 360_000
const SERIES_INTERVAL = 1_800_000
/** Milliseconds between two checks of all recorded Events. */
const TICK_INTERVAL = 30_000
/** The rate limit of one object. */
const OBJECT_LIMIT = {interval: 300_000, size: 25}
const MOST_REMEMBERED = 10_000

export class EventRecorder {
  private readonly recorded = new Map<string, Recorded>()
  private readonly buckets = new Map<string, TokenBucket>()
  private tickedAt = -Infinity
  private serial = Math.floor(Math.random() * 1_000_000)

  constructor(private readonly deps: EventRecorderDeps) {}

  /** False if the rate limit of the object or the length of the queue does not allow another Event now. */
  note(draft: EventDraft): boolean {
    const key = eventKey(draft)
    const known = this.recorded.get(key)
    if (known) return this.repeat(key, known)
    const {clock} = this.deps
    const now = clock.monotonic()
    const recorded: Recorded = {draft, isCreated: false, writtenAt: now, notedAt: now}
    if (!this.mayRecord(draft) || !this.put(key, recorded)) return false
    this.count(draft)
    this.recorded.set(key, recorded)
    this.forgetOldest(this.recorded)
    return true
  }

  /** Call this often. It periodically writes the counts of series, and forgets series that have ended. */
  tick(): void {
    const now = this.deps.clock.monotonic()
    if (now - this.tickedAt < TICK_INTERVAL) return
    this.tickedAt = now
    for (const [key, recorded] of this.recorded) {
      const isOver = now - recorded.notedAt >= SERIES_END
      const isUnwritten = recorded.series !== undefined && recorded.notedAt > recorded.writtenAt
      if (isUnwritten && (isOver || now - recorded.writtenAt >= SERIES_INTERVAL))
        this.writeSeries(key, recorded)
      if (isOver) this.recorded.delete(key)
    }
    for (const [id, {balancedAt}] of this.buckets)
      if (balancedAt <= now - OBJECT_LIMIT.size * OBJECT_LIMIT.interval) this.buckets.delete(id)
  }

  private repeat(key: string, recorded: Recorded): boolean {
    const {clock} = this.deps
    const isFirst = recorded.series === undefined
    const count = (recorded.series?.count ?? 1) + 1
    recorded.series = {count, lastObserved: clock.now()}
    recorded.notedAt = clock.monotonic()
    if (isFirst) this.writeSeries(key, recorded)
    return true
  }

  private writeSeries(key: string, recorded: Recorded): void {
    if (!this.mayRecord(recorded.draft) || !this.put(key, recorded)) return
    this.count(recorded.draft)
    recorded.writtenAt = this.deps.clock.monotonic()
  }

  private put(key: string, recorded: Recorded): boolean {
    return this.deps.queue.put({
      key: `event/${key}`,
      scope: `event/${recorded.draft.service.namespace}`,
      priority: 'low',
      work: (signal) => this.write(recorded, signal),
    })
  }

  private async write(recorded: Recorded, signal: AbortSignal): Promise<void> {
    const {write} = this.deps
    const {draft, name, series} = recorded
    if (!recorded.isCreated || name === undefined || !series) return this.create(recorded, signal)
    const target = {resource: EVENT_RESOURCE, namespace: draft.service.namespace}
    try {
      await write('event', {verb: 'patch', ...target, name, body: seriesPatch(series)}, signal)
    } catch (error) {
      if (resultOf(error) !== 'absent') throw error
      // The API server has deleted the Event: it keeps Events for an hour.
      recorded.name = undefined
      await this.create(recorded, signal)
    }
  }

  /** A retry uses the same name: the API server may have created the Event although its response was lost. */
  private async create(recorded: Recorded, signal: AbortSignal): Promise<void> {
    const {write, clock, instance} = this.deps
    const {draft, series} = recorded
    const at = clock.now()
    const name = (recorded.name ??= eventName(draft.service, at, (this.serial += 1)))
    const target = {resource: EVENT_RESOURCE, namespace: draft.service.namespace}
    const body = {...makeEvent(draft, name, at, instance), ...(series && seriesPatch(series))}
    try {
      await write('event', {verb: 'create', ...target, body}, signal)
    } catch (error) {
      if (resultOf(error) !== 'conflict') throw error
    }
    recorded.isCreated = true
  }

  private mayRecord({service}: EventDraft): boolean {
    const balancedAt = this.buckets.get(idOf(service))?.balancedAt ?? -Infinity
    return balancedAt + OBJECT_LIMIT.interval <= this.deps.clock.monotonic()
  }

  private count({service}: EventDraft): void {
    const id = idOf(service)
    const bucket = this.buckets.get(id) ?? new TokenBucket(this.deps.clock, OBJECT_LIMIT)
    bucket.take()
    this.buckets.set(id, bucket)
    this.forgetOldest(this.buckets)
  }

  private forgetOldest(map: Map<string, unknown>): void {
    if (map.size <= MOST_REMEMBERED) return
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
}

function idOf({namespace, name}: EventDraft['service']): string {
  return `${namespace}/${name}`
}
