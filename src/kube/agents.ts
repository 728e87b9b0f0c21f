/** The connections of a session: straight to the server, or through a proxy. */
import {Agent as HttpAgent, type AgentOptions} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import type {LookupFunction, Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {followSignals} from '../util/follow-signals.js'
import type {Credentials, TlsOptions} from './credentials.js'
import {addressOf, isSocks, type HostAndPort} from './proxy.js'
import {connectToProxy, openTunnel, type TunnelOptions} from './tunnel.js'

/** What `send` adds to the options of a request: Node keeps its own `signal` from an agent. */
export type UntilAborted = {readonly until: AbortSignal}

type Connect = NonNullable<HttpAgent['createConnection']>
type Options = Parameters<Connect>[0] & Partial<UntilAborted>
type Callback = NonNullable<Parameters<Connect>[1]>

export function agentFor(credentials: Credentials, lookup?: LookupFunction): HttpAgent {
  const {server, tls, proxy} = credentials
  const isSecure = server.protocol === 'https:'
  const options = {keepAlive: true, ...(lookup && {lookup}), ...(isSecure && tls)}
  if (!proxy) return isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const target = isForwarded(credentials) ? undefined : addressOf(server)
  const way = {proxy, target, lookup, trust: trustOf(tls)}
  return isSecure ? new SecureTunnelAgent(options, way) : new PlainTunnelAgent(options, way)
}

/** A proxy that speaks TLS itself is trusted as the server is, as Go has it. */
function trustOf({ca, rejectUnauthorized}: TlsOptions): TlsOptions {
  return {...(ca && {ca}), ...(rejectUnauthorized !== undefined && {rejectUnauthorized})}
}

/** True if the proxy is sent the requests themselves, instead of being asked for a connection: plain HTTP, as Go has it. */
export function isForwarded({server, proxy}: Pick<Credentials, 'server' | 'proxy'>): boolean {
  return proxy !== undefined && server.protocol === 'http:' && !isSocks(proxy)
}

class SecureTunnelAgent extends HttpsAgent {
  private readonly tunnels: Tunnels

  constructor(options: AgentOptions, way: Way) {
    super(options)
    this.tunnels = new Tunnels(way)
  }

  override createConnection(options: Options, callback?: Callback): undefined {
    this.tunnels.open(
      options,
      callback,
      (socket) =>
        // Compares the certificate with the name or address of the server, which `options` has.
        super.createConnection({...options, socket} as Options) as Duplex,
    )
  }

  override destroy(): void {
    this.tunnels.end()
    super.destroy()
  }
}

class PlainTunnelAgent extends HttpAgent {
  private readonly tunnels: Tunnels

  constructor(options: AgentOptions, way: Way) {
    super(options)
    this.tunnels = new Tunnels(way)
  }

  override createConnection(options: Options, callback?: Callback): undefined {
    this.tunnels.open(options, callback, (socket) => socket)
  }

  override destroy(): void {
    this.tunnels.end()
    super.destroy()
  }
}

/** No `target`: the connection ends at the proxy. */
type Way = Omit<TunnelOptions, 'signal'> & {readonly target?: HostAndPort | undefined}

/** Attempts that are under way. */
class Tunnels {
  private readonly ending = new AbortController()

  constructor(private readonly way: Way) {}

  /** `wrap` makes of the socket what the agent uses. */
  open({until}: Options, callback: Callback | undefined, wrap: (socket: Socket) => Duplex): void {
    const made = followSignals([this.ending.signal, ...(until ? [until] : [])], ({signal}) =>
      this.connect(signal),
    )
    made.then(wrap).then(
      (socket) => callback?.(null, socket),
      (error: unknown) => callback?.(error as Error, undefined as never),
    )
  }

  end(): void {
    this.ending.abort()
  }

  private connect(signal: AbortSignal): Promise<Socket> {
    const {target, ...way} = this.way
    return target ? openTunnel(target, {...way, signal}) : connectToProxy({...way, signal})
  }
}
