/** Probes the servers of a load balancer all the time, and tells which of them fail. */
import type {FailedCheck, HostState} from '../core/model/host-state.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import type {ProbeTarget} from '../core/model/probe-target.js'
import type {Clock} from '../util/clock.js'
import {taskQueue, type TaskQueue} from '../util/concurrency.js'
import type {Probe, RunningProbes} from './probe-result.js'
import {Schedule, TICK} from './schedule.js'
import {afterProbe, NEW_SERVER, type ServerState} from './server-state.js'
import {wantedProbes, type WantedProbe} from './wanted-probes.js'

/** Probes at a time: each has a socket. */
const MOST_PROBES = 500

/** Probes of one namespace at a time, so that its servers that never answer leave room for the others. */
const MOST_OF_NAMESPACE = 100

type FailedChecks = HostState['failedChecks']

export type MonitorDeps = {
  readonly clock: Clock
  readonly probe: Probe
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
}

export class HealthMonitor {
  private readonly watched = new Map<string, Watched>()
  private readonly schedule: Schedule<Watched>
  private readonly probes = taskQueue(MOST_PROBES)
  private readonly byNamespace = new Map<string, TaskQueue>()
  private readonly stopping = new AbortController()
  private readonly running: RunningProbes = new Set()
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
    if (this.failing.size > before) this.notify()
    if (this.watched.size > 0) this.ticking ??= this.tick()
  }

  /** The previous object while nothing changes. */
  failedChecks(): FailedChecks {
    return (this.copy ??= new Map(this.failing))
  }

  /** What the next lbex should know. */
  knownFailures(): Map<string, KnownFailure> {
    const known = new Map<string, KnownFailure>()
    for (const [id, failed] of this.failing)
      known.set(id, {...failed, probed: this.watched.get(id)?.probed ?? 0})
    return known
  }

  /** Calls `listener` when a server starts or stops to fail. */
  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  counts(): ProbeCounts {
    const {size: targets} = this.watched
    return {targets, failing: this.failing.size, running: this.probes.running(), ...this.totals}
  }

  /** Ends all probes. */
  async stop(): Promise<void> {
    this.stopping.abort()
    for (const queue of [...this.byNamespace.values(), this.probes]) queue.clear()
    for (const end of this.running) end()
    await this.ticking
  }

  private begin(id: string, {target, interval}: WantedProbe): void {
    const known = this.knownFailure(id, interval)
    const state = known ? {...NEW_SERVER, failed: known} : NEW_SERVER
    const watched = {target, interval, state, probed: known?.probed ?? 0}
    this.watched.set(id, watched)
    if (known) this.note(id, known)
    this.schedule.add(watched, this.deps.clock.monotonic())
  }

  private knownFailure(id: string, interval: number): KnownFailure | undefined {
    const known = this.deps.known?.get(id)
    return known && this.deps.clock.now() - known.probed <= 2 * interval ? known : undefined
  }

  private forget(id: string, watched: Watched): void {
    this.watched.delete(id)
    this.schedule.remove(watched)
    if (watched.state.failed) this.note(id, undefined)
  }

  private async tick(): Promise<void> {
    const {clock} = this.deps
    const {signal} = this.stopping
    while (!signal.aborted) {
      for (const watched of this.schedule.due(clock.monotonic())) this.enqueue(watched)
      await clock.delay(TICK, signal)
    }
  }

  private enqueue(watched: Watched): void {
    const {namespace} = watched.target
    const queue = this.byNamespace.get(namespace) ?? taskQueue(MOST_OF_NAMESPACE)
    this.byNamespace.set(namespace, queue)
    queue.add(() => this.probes.run(() => this.check(watched)))
  }

  /** A target that was forgotten meanwhile is not probed again. */
  private async check(watched: Watched): Promise<void> {
    const {clock, probe} = this.deps
    const {target} = watched
    if (this.watched.get(target.id) !== watched) return
    const started = clock.monotonic()
    const result = await probe(target, this.running)
    if (this.stopping.signal.aborted || this.watched.get(target.id) !== watched) return
    this.totals[result.ok ? 'succeeded' : 'failed'] += 1
    const before = watched.state.failed
    watched.probed = clock.now()
    watched.state = afterProbe(watched.state, result, watched.probed, target.check)
    const {failed} = watched.state
    if (failed !== before) {
      this.note(target.id, failed)
      this.notify()
    }
    this.schedule.again(watched, started, clock.monotonic())
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
