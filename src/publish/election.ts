/**
 * Leader election by a Lease, as client-go's tools/leaderelection does it. Of the times in the Lease nothing is compared: a
 * candidate measures by its own monotonic clock how long the Lease has not changed. So wall clocks may differ and jump.
 */
import {Failure} from '../diagnostics/failure.js'
import type {KubeAccess} from '../kube/access.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {LeaderLease} from './leader-lease.js'
import {limitTime} from './limit-time.js'
import {delayAfter} from './repeated.js'
import {RequestLog} from './request-log.js'

/** Milliseconds: a leader that could not renew the Lease for so long stops being the leader, before another can take it over. */
const RENEW_DEADLINE = 10_000
/** Milliseconds between attempts of the leader; those of a candidate wait up to JITTER times longer. */
const RETRY_PERIOD = 2000
const JITTER = 1.2
/** Milliseconds after the end of a Lease within which the candidates try to get it. */
const SPREAD = 200
/** Milliseconds for giving up the Lease on stop. */
const TO_RELEASE = 5000

export type LeaderElectionOptions = {
  readonly access: Pick<KubeAccess, 'get' | 'write'>
  /** Of the Lease. */
  readonly namespace: string
  readonly name: string
  /** Of this process: different for each candidate. */
  readonly identity: string
  readonly clock: Clock
  readonly log: Logger
  /** 0 <= value < 1; default Math.random. */
  readonly random?: () => number
}

export interface LeaderElection {
  readonly isLeader: boolean
  /** Calls `listener` after each change; returns what ends that. */
  onChange(listener: (isLeader: boolean) => void): () => void
  /** Ends the candidacy, and lets another candidate lead at once; also after the signal has aborted. Never rejects. */
  release(): Promise<void>
}

/** Takes part until `signal` aborts or the caller releases; an abort alone leaves the Lease to run out. */
export function electLeader(options: LeaderElectionOptions, signal: AbortSignal): LeaderElection {
  return new Candidate(options, signal)
}

class Candidate implements LeaderElection {
  private readonly lease: LeaderLease
  private readonly requests: RequestLog
  private readonly listeners = new Set<(isLeader: boolean) => void>()
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>
  private leading = false
  /** When the last successful attempt began, by the monotonic clock. */
  private renewedAt = -Infinity

  constructor(
    private readonly options: LeaderElectionOptions,
    signal: AbortSignal,
  ) {
    this.lease = new LeaderLease(options)
    this.requests = new RequestLog(options.log, 'leader election')
    const stop = (): void => this.stopping.abort(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, {once: true})
    this.running = this.run().finally(() => signal.removeEventListener('abort', stop))
  }

  /** False also for a leader whose process was suspended, before any timer tells it. */
  get isLeader(): boolean {
    return this.leading && !this.stopping.signal.aborted && this.leftToRenew() > 0
  }

  onChange(listener: (isLeader: boolean) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async release(): Promise<void> {
    this.stopping.abort()
    await this.running
    if (!this.lease.isOurs) return
    const {clock, log} = this.options
    const {signal} = new AbortController()
    try {
      await limitTime(TO_RELEASE, clock, signal, (limited) => this.lease.release(limited))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('could not release the leader Lease, another lbex leads when it has run out', {
        error: error.message,
        code: error.code,
      })
    }
  }

  private async run(): Promise<void> {
    const {signal} = this.stopping
    while (!signal.aborted) {
      const delay = await this.attempt()
      if (this.leading && this.leftToRenew() <= 0) this.lead(false)
      if (!signal.aborted) await this.options.clock.delay(delay, signal)
    }
    this.lead(false)
  }

  /** Returns the milliseconds until the next attempt. */
  private async attempt(): Promise<number> {
    const {clock} = this.options
    const begun = clock.monotonic()
    const limit = this.leading ? Math.max(0, this.leftToRenew()) : RENEW_DEADLINE
    try {
      const result = await limitTime(limit, clock, this.stopping.signal, (signal) =>
        this.lease.acquireOrRenew(signal),
      )
      this.requests.succeeded()
      if (result === 'held') this.renewedAt = begun
      // A leader that met a conflict tries again, and stays the leader until its deadline.
      if (result !== 'conflict') this.lead(result === 'held')
      return this.delayAfterSuccess()
    } catch (error) {
      if (this.stopping.signal.aborted) return 0
      this.requests.failed(error)
      return this.delayAfter(error)
    }
  }

  private delayAfterSuccess(): number {
    if (this.leading) return RETRY_PERIOD
    return Math.min(this.retryDelay(), this.lease.expiresIn() + SPREAD * this.random())
  }

  /** A leader retries until its deadline, whatever the error. */
  private delayAfter(error: unknown): number {
    if (this.leading) return Math.max(0, Math.min(RETRY_PERIOD, this.leftToRenew()))
    return Math.max(this.retryDelay(), delayAfter(error))
  }

  private retryDelay(): number {
    return RETRY_PERIOD * (1 + JITTER * this.random())
  }

  private random(): number {
    return (this.options.random ?? Math.random)()
  }

  private leftToRenew(): number {
    return this.renewedAt + RENEW_DEADLINE - this.options.clock.monotonic()
  }

  private lead(leading: boolean): void {
    if (leading === this.leading) return
    this.leading = leading
    const {log, namespace, name} = this.options
    const lease = `${namespace}/${name}`
    log.info(
      leading ? 'this lbex is the leader of its group' : 'this lbex is no longer the leader of its group',
      {lease},
    )
    for (const listener of this.listeners) listener(leading)
  }
}
