/** The credentials in use and their connections. Credentials are reloaded every minute and after the API server rejects them. */
import type {Agent, OutgoingHttpHeaders} from 'node:http'
import type {LookupFunction} from 'node:net'
import {isDeepStrictEqual} from 'node:util'
import type {Clock} from '../util/clock.js'
import {agentFor, isForwarded} from './agents.js'
import type {Credentials, CredentialSource} from './credentials.js'
import {proxyHeaders} from './tunnel.js'

export type Session = {
  readonly server: URL
  readonly headers: OutgoingHttpHeaders
  readonly agent: Agent
  readonly proxy?: URL | undefined
  /** True if requests are sent to the proxy itself, with an absolute URL. */
  readonly forwarded: boolean
}

/** Milliseconds until credentials are reloaded, as client-go does for token files. */
const MAX_AGE = 60_000

type CachedSession = {readonly credentials: Credentials; readonly session: Session; readonly at: number}

export class Sessions {
  private cached: CachedSession | undefined
  private loading: Promise<CachedSession> | undefined

  constructor(
    private readonly source: CredentialSource,
    private readonly clock: Clock,
    private readonly lookup?: LookupFunction,
  ) {}

  /** Rejects with a Failure if credentials were never loaded. If a reload fails, the old ones stay in use. */
  async current(): Promise<Session> {
    const {cached} = this
    if (cached && this.clock.monotonic() - cached.at < MAX_AGE) return cached.session
    const loaded = await this.load(false).catch((error: unknown) => cached ?? Promise.reject(error as Error))
    return loaded.session
  }

  /** Reloads after the API server has rejected `used`. Undefined if the credentials are still the same. */
  async renew(used: Session): Promise<Session | undefined> {
    if (this.cached && this.cached.session !== used) return this.cached.session
    const {session} = await this.load(true)
    return session === used ? undefined : session
  }

  /** Makes the next request reload the credentials. */
  expire(): void {
    if (this.cached) this.cached = {...this.cached, at: -Infinity}
  }

  close(): void {
    this.cached?.session.agent.destroy()
  }

  /** Concurrent callers share one load: a plugin that hangs is not started again. */
  private load(fresh: boolean): Promise<CachedSession> {
    this.loading ??= this.reload(fresh).finally(() => {
      this.loading = undefined
    })
    return this.loading
  }

  private async reload(fresh: boolean): Promise<CachedSession> {
    const credentials = await this.source.load(fresh)
    const before = this.cached
    this.cached = {credentials, session: this.sessionOf(credentials, before), at: this.clock.monotonic()}
    if (before && before.session.agent !== this.cached.session.agent) retire(before.session.agent)
    return this.cached
  }

  private sessionOf(credentials: Credentials, before: CachedSession | undefined): Session {
    const {server, headers: own, proxy} = credentials
    const forwarded = isForwarded(credentials)
    const headers = {...own, ...(proxy && forwarded && proxyHeaders(proxy))}
    const kept = before && isSameConnection(before.credentials, credentials) ? before.session : undefined
    if (kept && isDeepStrictEqual(kept.headers, headers)) return kept
    return {server, headers, proxy, forwarded, agent: kept?.agent ?? agentFor(credentials, this.lookup)}
  }
}

function isSameConnection(a: Credentials, b: Credentials): boolean {
  return a.server.href === b.server.href && a.proxy?.href === b.proxy?.href && isDeepStrictEqual(a.tls, b.tls)
}

/** Requests in flight finish; no connection is kept for other requests. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy()
}
