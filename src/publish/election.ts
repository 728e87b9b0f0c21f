/**
 * Leader election with a Lease, as in client-go's tools/leaderelection. Candidates ignore the timestamps in the Lease: each one
 * measures with its own monotonic clock how long the Lease has not changed. So clock skew and clock jumps do no harm.
 */
import {Failure} from '../diagnostics/failure.js'
import type {KubeAccess} from '../kube/access.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {LeaderLease} from './leader-lease.js'
import {limitTime} from './limit-time.js'
import type {LeaderDetails} from './publishing-details.js'
import {delayAfter} from './repeated-request.js'
import {RequestLog} from './request-log.js'

/** Milliseconds after which a leader that cannot renew the Lease steps down, before another candidate can take it over. */
const RENEW_DEADLINE = 10_000
/** Milliseconds between attempts of the leader. Other candidates add up to JITTER times as much. */
const RETRY_PERIOD = 2000
const JITTER = 1.2
/** Milliseconds over which the candidates spread their attempts after a Lease expires. */
const SPREAD = 200
/** Milliseconds that releasing the Lease may take when lbex stops. */
const RELEASE_TIMEOUT = 5000

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
  readonly details: LeaderDetails
  /** Calls `listener` after each change; returns a function that removes the listener. */
  onChange(listener: (isLeader: boolean) => void): () => void
  /** Steps down, so that another candidate can lead at once. Works after the signal has aborted, too. Never rejects. */
  release(): Promise<void>
}

/** Whether this lbex is the leader of its group, which writes everything that is not about a single host. */
export type Leadership = {
  readonly isLeader: boolean
  readonly onChange: (listener: () => void) => unknown
}

/** Takes part until `signal` aborts or the caller calls `release`. After an abort alone, the Lease has to expire. */
export function electLeader(options: LeaderElectionOptions, signal: AbortSignal): LeaderElection {
  return new ElectionCandidate(options, signal)
}

class ElectionCandidate implements LeaderElection {
  private readonly lease: LeaderLease
  private readonly requests: RequestLog
  private readonly listeners = new Set<(isLeader: boolean) => void>()
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>
  private leading = false
  /** Monotonic time at which the last successful attempt began. */
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

  /** Checks the deadline: after the process was suspended, its timers have not fired yet. */
  get isLeader(): boolean {
    return this.leading && !this.stopping.signal.aborted && this.leftToRenew() > 0
  }

  get details(): LeaderDetails {
    const {namespace, name} = this.options
    const {holder} = this.lease
    return {
      ...{lease: `${namespace}/${name}`, isLeader: this.isLeader, expiresIn: this.lease.expiresIn()},
      ...(holder !== undefined && {holder}),
    }
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
      await limitTime(RELEASE_TIMEOUT, clock, signal, (limited) => this.lease.release(limited))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('could not release the leader Lease; another lbex becomes the leader after it expires', {
        error: error.message,
        code: error.code,
      })
    }
  }

  private async run(): Promise<void> {
    const {signal} = this.stopping
    while (!signal.aborted) {
      const delay = await this.attempt()
      if (this.leading && this.leftToRenew() <= 0) this.setLeading(false)
      if (!signal.aborted) await this.options.clock.delay(delay, signal)
    }
    this.setLeading(false)
  }

  /** Returns the milliseconds until the next attempt. */
  private async attempt(): Promise<number> {
    const {clock} = this.options
    const startedAt = clock.monotonic()
    const limit = this.leading ? Math.max(0, this.leftToRenew()) : RENEW_DEADLINE
    try {
      const result = await limitTime(limit, clock, this.stopping.signal, (signal) =>
        this.lease.acquireOrRenew(signal),
      )
      this.requests.succeeded()
      if (result === 'held') this.renewedAt = startedAt
      // After a conflict, a leader retries, and stays the leader until its deadline.
      if (result !== 'conflict') this.setLeading(result === 'held')
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

  /** A leader retries until its deadline after any error, even one that a retry is unlikely to fix. */
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

  private setLeading(leading: boolean): void {
    if (leading === this.leading) return
    this.leading = leading
    const {log, namespace, name} = this.options
    const lease = `${namespace}/${name}`
    log.info(leading ? 'became leader of the group' : 'no longer leader of the group', {lease})
    for (const listener of this.listeners) listener(leading)
  }
}
