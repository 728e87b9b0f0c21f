/** HTTP agents that connect to the server directly or through a proxy. */
import {Agent as HttpAgent, type AgentOptions} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import type {LookupFunction, Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {followSignals} from '../util/follow-signals.js'
import type {Credentials, TlsOptions} from './credentials.js'
import {addressOf, isSocks, type HostAndPort} from './proxy.js'
import {connectToProxy, openTunnel, type TunnelOptions} from './tunnel.js'

/** `send` adds this to the options of a request, because Node does not pass `signal` on to an agent. */
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
  const tunnel = {proxy, target, lookup, trust: trustOf(tls)}
  return isSecure ? new SecureTunnelAgent(options, tunnel) : new PlainTunnelAgent(options, tunnel)
}

/** As in Go, an HTTPS proxy is verified with the CA certificate of the server. */
function trustOf({ca, rejectUnauthorized}: TlsOptions): TlsOptions {
  return {...(ca && {ca}), ...(rejectUnauthorized !== undefined && {rejectUnauthorized})}
}

/** True if requests go to the proxy itself instead of through a tunnel: for plain HTTP, as in Go. */
export function isForwarded({server, proxy}: Pick<Credentials, 'server' | 'proxy'>): boolean {
  return proxy !== undefined && server.protocol === 'http:' && !isSocks(proxy)
}

class SecureTunnelAgent extends HttpsAgent {
  private readonly tunnels: Tunnels

  constructor(options: AgentOptions, tunnel: TunnelTarget) {
    super(options)
    this.tunnels = new Tunnels(tunnel)
  }

  override createConnection(options: Options, callback?: Callback): undefined {
    this.tunnels.open(
      options,
      callback,
      (socket) =>
        // Verifies the certificate against the name or address of the server, which is in `options`.
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

  constructor(options: AgentOptions, tunnel: TunnelTarget) {
    super(options)
    this.tunnels = new Tunnels(tunnel)
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
type TunnelTarget = Omit<TunnelOptions, 'signal'> & {readonly target?: HostAndPort | undefined}

/** Opens connections; aborts those that are in progress when the agent is destroyed. */
class Tunnels {
  private readonly ending = new AbortController()

  constructor(private readonly tunnel: TunnelTarget) {}

  /** `wrap` converts the socket to the stream that the agent uses. */
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
    const {target, ...options} = this.tunnel
    return target ? openTunnel(target, {...options, signal}) : connectToProxy({...options, signal})
  }
}
