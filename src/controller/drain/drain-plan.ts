/**
 * Plans when the connections to servers that are not used any more are ended. It knows no clock: the caller passes the time, in
 * milliseconds of any clock that never goes back.
 */
import {listenerId} from '../../core/model/listener-key.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import {wantsDrain} from '../../core/model/wants-drain.js'
import type {ServerAddress} from '../../dataplane/data-plane.js'
import {partsOf, type Part} from './served-servers.js'

/** A server with the milliseconds that its connections may last, as of now or from the moment when it is not used any more. */
export type TimedServer = ServerAddress & {readonly milliseconds: number}

/** What the next lbex must know to continue. */
export type DrainMemory = {
  /** Servers that are used, with their drain timeouts. Those whose connections are never ended are not included. */
  readonly used: readonly TimedServer[]
  /** Servers that are not used any more, with the rest of the time. */
  readonly leaving: readonly TimedServer[]
  /** Servers whose connections are never ended, because some may be of a Service without a drain timeout. */
  readonly kept: readonly ServerAddress[]
}

/** Maximum number of servers in `kept`; then the oldest is forgotten. */
const MOST_KEPT = 20_000

/** A server that at least one part uses. */
type Use = {
  readonly server: ServerAddress
  /** The drain timeout of each part that uses it, by the id of the part; Infinity: it has none. */
  readonly users: Map<string, number>
  /** When the connections of the parts that used it earlier may be ended; Infinity: never. */
  until: number
}

type Leaving = {
  readonly server: ServerAddress
  /** When the connections are ended, and later when it is checked that there are no others. */
  at: number
  attempts: number
}

/**
 *  a server                                        | its connections
 *  is in an upstream of any Service                | stay: the kernel cannot tell which of the Services a connection belongs to
 *  left its last upstream                          | end after the longest drain timeout of all that used it
 *  left one without a drain timeout                | are never ended
 *  comes back before that                          | stay, and when it leaves again, end no earlier than they would have
 *
 * A drain timeout counts as it was when the server left. Who used a server is remembered while any Service has a drain timeout.
 */
export class DrainPlan {
  private parts: ReadonlyMap<string, Part> = new Map()
  /** By listenerId of the server. */
  private readonly uses = new Map<string, Use>()
  private readonly leaving = new Map<string, Leaving>()
  /** Servers that are not used any more, and whose connections are never ended: the latest ones, by listenerId. */
  private readonly kept = new Map<string, ServerAddress>()
  private memory: DrainMemory | undefined

  /** `memory`: of the lbex that ran before. */
  constructor(memory?: DrainMemory) {
    if (memory && memory.used.length + memory.leaving.length + memory.kept.length > 0) this.memory = memory
  }

  /**
   * NGINX serves this load balancer. `rejected`: NAMESPACE/NAME of the Services whose new configuration NGINX rejects, so that it
   * continues to use their previous servers. Takes time in proportion to what changed.
   */
  update(loadBalancer: LoadBalancer, rejected: ReadonlySet<string>, now: number): void {
    const isWanted = wantsDrain(loadBalancer)
    if (!isWanted && this.isIdle) return
    const before = this.parts
    const after = partsOf(loadBalancer, before, rejected)
    // First, so that a server that moves from one Service to another remembers both.
    for (const [id, part] of after) if (before.get(id) !== part) this.join(id, part)
    for (const [id, part] of before) if (after.get(id) !== part) this.leave(id, part, after.get(id), now)
    this.parts = after
    if (rejected.size === 0) this.recall(now)
    if (!isWanted && this.leaving.size === 0) this.forget()
  }

  /** The servers whose connections are to be ended now. */
  due(now: number): readonly ServerAddress[] {
    return [...this.leaving.values()].filter(({at}) => at <= now).map(({server}) => server)
  }

  /** When a server is due; Infinity if none leaves. */
  get nextDue(): number {
    let next = Infinity
    for (const {at} of this.leaving.values()) next = Math.min(next, at)
    return next
  }

  /** The servers have no connections any more. */
  finish(servers: readonly ServerAddress[]): void {
    for (const server of servers) this.leaving.delete(listenerId(server))
  }

  /** The servers may have more connections: they are due again at `at`, but at most `most` times in all. */
  postpone(servers: readonly ServerAddress[], at: number, most: number): void {
    for (const server of servers) {
      const id = listenerId(server)
      const leaving = this.leaving.get(id)
      if (!leaving) continue
      leaving.at = at
      leaving.attempts += 1
      if (leaving.attempts >= most) this.leaving.delete(id)
    }
  }

  /** True if there is nothing that the next lbex must know. */
  get isIdle(): boolean {
    return this.uses.size + this.leaving.size + this.kept.size === 0 && !this.memory
  }

  remember(now: number): DrainMemory {
    if (this.memory) return this.memory
    const uses = [...this.uses.values()]
    const used = uses.map((use) => ({...use.server, milliseconds: timeoutOf(use, now)}))
    const leaving = [...this.leaving.values()].map(({server, at}) => ({
      ...server,
      milliseconds: Math.max(0, at - now),
    }))
    const lasting = uses.filter(({until}) => until === Infinity).map(({server}) => server)
    const kept = [...this.kept.values(), ...lasting].slice(-MOST_KEPT)
    return {used: used.filter(({milliseconds}) => milliseconds < Infinity), leaving, kept}
  }

  private join(id: string, {servers}: Part): void {
    for (const [key, {server, timeout}] of servers) {
      const use = this.uses.get(key) ?? this.begin(key, server)
      use.users.set(id, timeout)
    }
  }

  /** It may still have connections of those that used it earlier. */
  private begin(key: string, server: ServerAddress): Use {
    const until = this.kept.has(key) ? Infinity : (this.leaving.get(key)?.at ?? -Infinity)
    const use: Use = {server, users: new Map(), until}
    this.uses.set(key, use)
    this.leaving.delete(key)
    this.kept.delete(key)
    return use
  }

  private keep(key: string, server: ServerAddress): void {
    this.kept.set(key, server)
    const [oldest] = this.kept.keys()
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest)
  }

  private leave(id: string, part: Part, after: Part | undefined, now: number): void {
    for (const [key, {timeout}] of part.servers) {
      const use = this.uses.get(key)
      const stays = after?.servers.has(key) === true
      // The connections may be of another Service of a shared listener than of the one that uses the server now.
      if (!use || (stays && isOfOneOwner(part, after))) continue
      use.until = Math.max(use.until, now + timeout)
      if (stays) continue
      use.users.delete(id)
      if (use.users.size > 0) continue
      this.uses.delete(key)
      if (use.until === Infinity) this.keep(key, use.server)
      else this.leaving.set(key, {server: use.server, at: use.until, attempts: 0})
    }
  }

  /** Servers that left while no lbex ran leave now. */
  private recall(now: number): void {
    const {used, leaving, kept} = this.memory ?? {used: [], leaving: [], kept: []}
    this.memory = undefined
    for (const server of kept) {
      const key = listenerId(server)
      const use = this.uses.get(key)
      if (use) use.until = Infinity
      else this.keep(key, server)
    }
    for (const {milliseconds, ...server} of [...used, ...leaving]) {
      const key = listenerId(server)
      const use = this.uses.get(key)
      if (use) use.until = Math.max(use.until, now + milliseconds)
      else this.leaving.set(key, {server, at: now + milliseconds, attempts: 0})
    }
  }

  /** Without a drain timeout, who uses which server does not matter. */
  private forget(): void {
    this.parts = new Map()
    this.uses.clear()
    this.kept.clear()
  }
}

/** The milliseconds until the connections may be ended if all parts that use the server left it now; Infinity: never. */
function timeoutOf({users, until}: Use, now: number): number {
  return Math.max(until - now, ...users.values())
}

function isOfOneOwner(before: Part, after: Part): boolean {
  const owners = new Set([...before.owners, ...after.owners])
  return owners.size === 1
}
