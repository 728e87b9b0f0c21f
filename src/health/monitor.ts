/** Probes the servers of a load balancer all the time, and tells which of them fail. */
import {setImmediate} from 'node:timers/promises'
import type {FailedCheck, HostState} from '../core/model/host-state.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import type {ProbeTarget} from '../core/model/probe-target.js'
import type {Clock} from '../util/clock.js'
import {FairSlots} from './fair-slots.js'
import {failed, type Probe, type ProbeResult, type RunningProbe} from './probe-result.js'
import {RunningTime} from './running-time.js'
import {Schedule} from './schedule.js'
import {SlowChecks} from './slow-checks.js'
import {afterProbe, NEW_SERVER, type ServerState} from './server-state.js'
import {wantedProbes, type WantedProbe} from './wanted-probes.js'
import {TICK, Wheel} from './wheel.js'

/** Probes at a time: each has a socket. */
const MOST_PROBES = 500

type FailedChecks = HostState['failedChecks']

export type MonitorDeps = {
  readonly clock: Clock
  readonly probe: Probe
  /** Called when a probe fails because of this host. */
  readonly onLocalFailure?: (reason: string) => void
  /** Numbers from 0 up to 1; default: Math.random. */
  readonly random?: () => number
  /** What an earlier lbex knew, by ProbeTarget.id; ignored if it is older than two intervals of the check. */
  readonly known?: ReadonlyMap<string, KnownFailure>
}

/** A failed check, with the time of the latest probe in milliseconds since the epoch. */
export type KnownFailure = FailedCheck & {readonly probed: number}

export type ProbeCounts = {
  readonly targets: number
  readonly failing: number
  readonly running: number
  /** Probes that are due and wait until others end. */
  readonly waiting: number
  /** Since the start. */
  readonly succeeded: number
  readonly failed: number
}

type Watched = {
  readonly target: ProbeTarget
  interval: number
  state: ServerState
  /** When the latest probe ended, in milliseconds since the epoch. */
  probed: number
  /** Absent between two probes. */
  running?: RunningProbe | undefined
  /** When the latest probe was due, and when it began: monotonic milliseconds. */
  due: number
  started: number
}

export class HealthMonitor {
  private readonly watched = new Map<string, Watched>()
  private readonly schedule: Schedule<Watched>
  private readonly slots = new FairSlots<Watched>(MOST_PROBES, (watched) => this.start(watched))
  private readonly time: RunningTime
  /** The running probes by the end of their time-out, in `time`. */
  private readonly deadlines: Wheel<Watched>
  private readonly slow = new SlowChecks()
  private readonly stopping = new AbortController()
  private readonly listeners: (() => void)[] = []
  private readonly totals = {succeeded: 0, failed: 0}
  private readonly failing = new Map<string, FailedCheck>()
  /** A copy of `failing`; absent after a change. */
  private copy: FailedChecks | undefined
  private latest: LoadBalancer | undefined
  private ticking: Promise<void> | undefined

  constructor(private readonly deps: MonitorDeps) {
    const {clock, random = Math.random} = deps
    this.schedule = new Schedule(random, clock.monotonic())
    this.time = new RunningTime(clock, TICK)
    this.deadlines = new Wheel(this.time.read())
  }

  /** From now on probes exactly the servers of these upstreams whose Services ask for a check. */
  watch(loadBalancer: LoadBalancer): void {
    if (loadBalancer === this.latest) return
    this.latest = loadBalancer
    const wanted = wantedProbes(loadBalancer)
    for (const [id, watched] of this.watched) if (!wanted.has(id)) this.forget(id, watched)
    const before = this.failing.size
    for (const [id, probe] of wanted) {
      const watched = this.watched.get(id)
      if (watched) watched.interval = probe.interval
      else this.begin(id, probe)
    }
    this.slow.setWanted(wanted.values())
    const isSlower = this.slow.refresh(this.deps.clock.monotonic())
    if (this.failing.size > before || isSlower) this.notify()
    if (this.watched.size > 0) this.ticking ??= this.tick()
  }

  /** The previous object while nothing changes. */
  failedChecks(): FailedChecks {
    return (this.copy ??= new Map(this.failing))
  }

  /** See HostState.slowChecks. The previous object while nothing changes. */
  slowChecks(): ReadonlyMap<string, number> {
    return this.slow.factors
  }

  /** What the next lbex should know. */
  knownFailures(): Map<string, KnownFailure> {
    const known = new Map<string, KnownFailure>()
    for (const [id, failed] of this.failing)
      known.set(id, {...failed, probed: this.watched.get(id)?.probed ?? 0})
    return known
  }

  /** Calls `listener` when failedChecks() or slowChecks() changes. */
  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  counts(): ProbeCounts {
    const {size: targets} = this.watched
    const {running, waiting} = this.slots
    return {targets, failing: this.failing.size, running, waiting, ...this.totals}
  }

  /** Ends all probes. */
  async stop(): Promise<void> {
    this.stopping.abort()
    for (const watched of this.watched.values()) this.slots.drop(watched.target.namespace, watched)
    for (const watched of this.watched.values()) this.end(watched)
    await this.ticking
  }

  private begin(id: string, {target, interval}: WantedProbe): void {
    const known = this.knownFailure(id, interval)
    const state = known ? {...NEW_SERVER, failed: known} : NEW_SERVER
    const watched = {target, interval, state, probed: known?.probed ?? 0, due: 0, started: 0}
    this.watched.set(id, watched)
    if (known) this.note(id, known)
    this.schedule.add(watched, this.deps.clock.monotonic())
  }

  private knownFailure(id: string, interval: number): KnownFailure | undefined {
    const known = this.deps.known?.get(id)
    // The clock may have been set back since.
    return known && Math.abs(this.deps.clock.now() - known.probed) <= 2 * interval ? known : undefined
  }

  private forget(id: string, watched: Watched): void {
    this.watched.delete(id)
    this.schedule.remove(watched)
    this.slots.drop(watched.target.namespace, watched)
    this.end(watched)
    if (watched.state.failed) this.note(id, undefined)
  }

  private async tick(): Promise<void> {
    const {clock} = this.deps
    const {signal} = this.stopping
    while (!signal.aborted) {
      // If this process was stalled, answers that have arrived in time are still in the kernel: Node reads them first.
      await setImmediate()
      if (signal.aborted) return
      for (const watched of this.deadlines.due(this.time.read())) this.expire(watched)
      const now = clock.monotonic()
      for (const watched of this.schedule.due(now)) {
        watched.due = now
        this.slots.add(watched.target.namespace, watched)
      }
      if (this.slow.refresh(now)) this.notify()
      await clock.delay(TICK, signal)
    }
  }

  private start(watched: Watched): void {
    const {target} = watched
    watched.started = this.deps.clock.monotonic()
    const {started, due, interval} = watched
    this.slow.noteStart(target.namespace, started - due, interval, started)
    const running = this.deps.probe(target, (result) => {
      if (watched.running === running) this.finish(watched, result)
    })
    watched.running = running
    // The tick after the time-out, because a probe must not end before it.
    this.deadlines.put(watched, this.time.read() + target.check.timeout + TICK - 1)
  }

  private expire(watched: Watched): void {
    const {timeout} = watched.target.check
    this.finish(watched, watched.running?.atTimeout ?? failed(`no answer within ${timeout} ms`))
  }

  private finish(watched: Watched, result: ProbeResult): void {
    const {target, state} = watched
    const {clock} = this.deps
    this.end(watched)
    this.totals[result.ok ? 'succeeded' : 'failed'] += 1
    const moment = {now: clock.now(), monotonic: clock.monotonic()}
    this.schedule.again(watched, watched.started, moment.monotonic)
    if (!result.ok && result.isLocal) return this.deps.onLocalFailure?.(result.reason)
    watched.probed = moment.now
    watched.state = afterProbe(state, result, moment, target.check)
    if (watched.state.failed === state.failed) return
    this.note(target.id, watched.state.failed)
    this.notify()
  }

  private end(watched: Watched): void {
    const {running} = watched
    if (!running) return
    watched.running = undefined
    running.end()
    this.deadlines.remove(watched)
    this.slots.release(watched.target.namespace)
  }

  private notify(): void {
    for (const listener of this.listeners) listener()
  }

  private note(id: string, failed: FailedCheck | undefined): void {
    if (failed) this.failing.set(id, failed)
    else this.failing.delete(id)
    this.copy = undefined
  }
}
