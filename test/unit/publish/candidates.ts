/** Candidates of one leader election, on one API double and one fake clock. */
import {LEASE_RESOURCE} from '../../../src/kube/resource.js'
import {electLeader, type LeaderElection} from '../../../src/publish/election.js'
import type {Clock} from '../../../src/util/clock.js'
import {DirectAccess} from '../../support/api-double/direct-access.js'
import {History, type Stored} from '../../support/api-double/history.js'
import {RecordingLogger} from '../../support/nginx-log.js'
import {FakeClock} from '../controller/fake-clock.js'

const LEADER_LEASE = {namespace: 'lbex', name: 'leader'} as const

export class Candidates {
  readonly clock = new FakeClock()
  readonly history = new History()
  private readonly all: Candidate[] = []

  constructor(private readonly random: () => number = () => 0.5) {}

  start(identity: string): Candidate {
    const candidate = new Candidate(identity, this, this.random)
    this.all.push(candidate)
    return candidate
  }

  /** The names of all candidates that are leaders. */
  get leaders(): string[] {
    return this.all.filter(({election}) => election.isLeader).map(({identity}) => identity)
  }

  get lease(): Stored | undefined {
    return this.history.get('Lease', LEADER_LEASE.namespace, LEADER_LEASE.name)
  }

  get spec(): Record<string, unknown> {
    return (this.lease?.['spec'] ?? {}) as Record<string, unknown>
  }

  /** A write by another client. */
  put(spec: unknown, labels: Record<string, string> = {}): Stored {
    return this.history.put({
      kind: LEASE_RESOURCE.kind,
      metadata: {...LEADER_LEASE, labels},
      spec,
    })
  }

  /** Advances the time in steps of 100 ms, and calls `check` after each. */
  async pass(milliseconds: number, check: () => void = () => {}): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 100) {
      await this.clock.advance(100)
      check()
    }
  }

  /** Milliseconds until `condition` holds, at most `limit`. */
  async until(condition: () => boolean, limit = 60_000): Promise<number> {
    const begun = this.clock.monotonic()
    while (!condition() && this.clock.monotonic() - begun < limit) await this.clock.advance(100)
    return this.clock.monotonic() - begun
  }

  stop(): void {
    for (const candidate of this.all) candidate.kill()
  }
}

export class Candidate {
  readonly access: DirectAccess
  readonly election: LeaderElection
  readonly log = new RecordingLogger()
  /** The values that the listener was called with. */
  readonly changes: boolean[] = []
  /** Milliseconds that its wall clock is ahead. */
  ahead = 0
  private readonly running = new AbortController()

  constructor(
    readonly identity: string,
    {clock, history}: Candidates,
    random: () => number,
  ) {
    this.access = new DirectAccess(history)
    const own: Clock = {
      now: () => clock.now() + this.ahead,
      monotonic: () => clock.monotonic(),
      delay: (milliseconds, signal) => clock.delay(milliseconds, signal),
    }
    const {access, log} = this
    const options = {access, log, clock: own, identity, random, ...LEADER_LEASE}
    this.election = electLeader(options, this.running.signal)
    this.election.onChange((isLeader) => this.changes.push(isLeader))
  }

  /** Like SIGKILL: the Lease is not released. */
  kill(): void {
    this.running.abort()
  }
}
