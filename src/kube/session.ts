/** Credentials in use, with the connections that were made with them; renewed as they are replaced on disk or refused. */
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
  /** True if requests are sent to the proxy, with the whole URL. */
  readonly forwarded: boolean
}

/** Milliseconds after which files are read again: what client-go does for tokens. */
const LIFETIME = 60_000

type Held = {readonly credentials: Credentials; readonly session: Session; readonly at: number}

export class Sessions {
  private held: Held | undefined
  private loading: Promise<Held> | undefined

  constructor(
    private readonly source: CredentialSource,
    private readonly clock: Clock,
    private readonly lookup?: LookupFunction,
  ) {}

  /** Rejects with a Failure when there never were any credentials; old ones are used for as long as there are no others. */
  async current(): Promise<Session> {
    const {held} = this
    if (held && this.clock.monotonic() - held.at < LIFETIME) return held.session
    const loaded = await this.load(false).catch((error: unknown) => held ?? Promise.reject(error as Error))
    return loaded.session
  }

  /** After the server has refused `used`: undefined when nothing else is to be had. */
  async renew(used: Session): Promise<Session | undefined> {
    if (this.held && this.held.session !== used) return this.held.session
    const {session} = await this.load(true)
    return session === used ? undefined : session
  }

  /** What was read may be outdated: the next request reads it again. */
  expire(): void {
    if (this.held) this.held = {...this.held, at: -Infinity}
  }

  close(): void {
    this.held?.session.agent.destroy()
  }

  /** One at a time, whoever asks: a plugin that hangs is not started once more. */
  private load(fresh: boolean): Promise<Held> {
    this.loading ??= this.take(fresh).finally(() => {
      this.loading = undefined
    })
    return this.loading
  }

  private async take(fresh: boolean): Promise<Held> {
    const credentials = await this.source.load(fresh)
    const before = this.held
    this.held = {credentials, session: this.sessionOf(credentials, before), at: this.clock.monotonic()}
    if (before && before.session.agent !== this.held.session.agent) retire(before.session.agent)
    return this.held
  }

  private sessionOf(credentials: Credentials, before: Held | undefined): Session {
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

/** Requests on their way end as they would; no connection is kept for the next. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy()
}
