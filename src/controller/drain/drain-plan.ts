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
}

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
 *  comes back before that                          | stay
 *
 * A drain timeout counts as it was when the server left.
 */
export class DrainPlan {
  private parts: ReadonlyMap<string, Part> = new Map()
  /** By listenerId of the server. */
  private readonly uses = new Map<string, Use>()
  private readonly leaving = new Map<string, Leaving>()
  private memory: DrainMemory | undefined

  /** `memory`: of the lbex that ran before. */
  constructor(memory?: DrainMemory) {
    if (memory && memory.used.length + memory.leaving.length > 0) this.memory = memory
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
    return this.uses.size + this.leaving.size === 0 && !this.memory
  }

  remember(now: number): DrainMemory {
    if (this.memory) return this.memory
    const used = [...this.uses.values()].map((use) => ({...use.server, milliseconds: timeoutOf(use)}))
    const leaving = [...this.leaving.values()].map(({server, at}) => ({
      ...server,
      milliseconds: Math.max(0, at - now),
    }))
    return {used: used.filter(({milliseconds}) => milliseconds < Infinity), leaving}
  }

  private join(id: string, {servers}: Part): void {
    for (const [key, {server, timeout}] of servers) {
      const use = this.uses.get(key) ?? {server, users: new Map<string, number>(), until: -Infinity}
      use.users.set(id, timeout)
      this.uses.set(key, use)
      this.leaving.delete(key)
    }
  }

  private leave(id: string, {servers}: Part, after: Part | undefined, now: number): void {
    for (const [key, {timeout}] of servers) {
      const use = this.uses.get(key)
      if (!use || after?.servers.has(key)) continue
      use.users.delete(id)
      use.until = Math.max(use.until, now + timeout)
      if (use.users.size > 0) continue
      this.uses.delete(key)
      if (use.until < Infinity) this.leaving.set(key, {server: use.server, at: use.until, attempts: 0})
    }
  }

  /** Servers that left while no lbex ran leave now. */
  private recall(now: number): void {
    const {used, leaving} = this.memory ?? {used: [], leaving: []}
    this.memory = undefined
    for (const {milliseconds, ...server} of [...used, ...leaving]) {
      const key = listenerId(server)
      if (!this.uses.has(key)) this.leaving.set(key, {server, at: now + milliseconds, attempts: 0})
    }
  }

  /** Without a drain timeout, who uses which server does not matter. */
  private forget(): void {
    this.parts = new Map()
    this.uses.clear()
  }
}

/** The drain timeout if all parts that use the server left it now, in milliseconds; Infinity: none. */
function timeoutOf({users, until}: Use): number {
  return until === Infinity ? Infinity : Math.max(...users.values())
}
