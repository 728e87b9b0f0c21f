/**
 * Services whose status another client writes too, such as the lbex of another group that serves the same Service. Each of the
 * two would replace the status of the other forever, so lbex gives up for a growing time.
 */
import type {Ingress, WrittenState} from '../core/cluster/written-state.js'
import {Backoff} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import type {EventDraft} from './events.js'
import {groupOfManager} from './field-manager.js'
import {keyOf} from './moment.js'
import type {ServiceTarget} from './service-writer.js'
import {describeIngress} from './status.js'

/** Writes over another client's status before lbex waits: a Service may move between groups once or twice. */
const MOST_WRITES = 3
/** Milliseconds. */
const PAUSE = {initial: 600_000, limit: 3_600_000}
/** Milliseconds after the last write over another client's status, or after the pause, until it is forgotten. */
const FORGET_AFTER = 3_600_000

type Contest = {
  readonly pause: Backoff
  count: number
  /** Monotonic time. */
  pausedUntil: number
}

type BeforeWrite = Pick<WrittenState, 'writer' | 'ingress'>

export type ContestsDeps = {
  readonly clock: Clock
  readonly log: Logger
  /** The field manager of this lbex. */
  readonly manager: string
}

export class Contests {
  private readonly contests = new Map<string, Contest>()
  private readonly reported = new Set<string>()

  constructor(private readonly deps: ContestsDeps) {}

  /** Monotonic time before which the status of the Service must not be written again. `writer`: of its present status. */
  notBefore(key: string, writer: string | undefined): number {
    return writer === this.deps.manager ? 0 : (this.contests.get(key)?.pausedUntil ?? 0)
  }

  /** Call this after each write. Returns an Event if lbex now waits. */
  noteWrite(target: ServiceTarget, {writer, ingress}: BeforeWrite): EventDraft | undefined {
    const {clock, manager} = this.deps
    if (writer === undefined || writer === manager) return undefined
    const key = keyOf(target.service)
    const contest = this.contests.get(key) ?? {pause: new Backoff(PAUSE), count: 0, pausedUntil: 0}
    this.contests.set(key, contest)
    contest.count += 1
    if (contest.count < MOST_WRITES) {
      contest.pausedUntil = clock.monotonic()
      return undefined
    }
    contest.pausedUntil = clock.monotonic() + contest.pause.next()
    this.report(key, writer)
    return contestedEvent(target, writer, ingress)
  }

  /** Call this often. */
  tick(): void {
    const now = this.deps.clock.monotonic()
    for (const [key, {pausedUntil}] of this.contests)
      if (now - pausedUntil > FORGET_AFTER) this.contests.delete(key)
    if (this.contests.size === 0) this.reported.clear()
  }

  /** Once for each other client: it may write the status of all Services. */
  private report(service: string, writer: string): void {
    if (this.reported.has(writer)) return
    this.reported.add(writer)
    const client = describeWriter(writer)
    this.deps.log.warn('another client writes the status of Services too', {service, client, hint: HINT})
  }
}

const HINT =
  'let one load balancer serve the Service: set its annotation loadbalancer.lbex/service-pool, or start all lbex hosts that serve it with the same --publish-group'

function contestedEvent(
  {service, uid, ingress: own = []}: ServiceTarget,
  writer: string,
  other: readonly Ingress[],
): EventDraft {
  const note = `${describeWriter(writer)} writes the status of this Service too: ${describeIngress(other)} instead of ${describeIngress(own) || 'no address'}; lbex does not replace it again for at least ten minutes; ${HINT}`
  return {service, uid, type: 'Warning', action: 'Publish', reason: 'StatusContested', note}
}

function describeWriter(writer: string): string {
  const group = groupOfManager(writer)
  return group === undefined ? `another client (${writer})` : `lbex of the group ${group}`
}
