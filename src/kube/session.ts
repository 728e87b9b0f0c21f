/** Credentials in use, with the connections that were made with them; renewed as they are replaced on disk or refused. */
import {Agent as HttpAgent, type OutgoingHttpHeaders} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import {isDeepStrictEqual} from 'node:util'
import type {Clock} from '../runtime/clock.js'
import type {Credentials, CredentialSource} from './credentials.js'

export type Session = {
  readonly server: URL
  readonly headers: OutgoingHttpHeaders
  readonly agent: HttpAgent
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
    this.held = {credentials, session: sessionOf(credentials, before), at: this.clock.monotonic()}
    if (before && before.session.agent !== this.held.session.agent) retire(before.session.agent)
    return this.held
  }
}

function sessionOf(credentials: Credentials, before: Held | undefined): Session {
  const {server, headers, tls} = credentials
  const known = before?.credentials
  const sameConnection = known && known.server.href === server.href && isDeepStrictEqual(known.tls, tls)
  if (before && sameConnection && isDeepStrictEqual(known.headers, headers)) return before.session
  return {server, headers, agent: before && sameConnection ? before.session.agent : agentFor(credentials)}
}

function agentFor({server, tls, agent}: Credentials): HttpAgent {
  if (agent) return agent
  return server.protocol === 'https:'
    ? new HttpsAgent({keepAlive: true, ...tls})
    : new HttpAgent({keepAlive: true})
}

/** Requests on their way end as they would; no connection is kept for the next. */
function retire(agent: HttpAgent): void {
  agent.maxFreeSockets = 0
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy()
}
