/**
 * The server blocks of a listener whose server names have different TLS. NGINX selects a block by the name that the client sends
 * (https://nginx.org/en/docs/stream/ngx_stream_core_module.html#server_name), with the same precedence as `map`.
 */
import type {Listener, Route} from '../../../core/model/load-balancer.js'
import {ANY_NAME, serverNameOf} from '../../../core/model/route-match.js'
import {tlsKey} from '../../../core/model/route-tls.js'

export type TlsBlock = {
  /** The listener with the routes and the TLS of this block only. */
  readonly listener: Listener
  /** Without `*`. */
  readonly names: readonly string[]
  /** True for the block of all other connections. NGINX applies its access rules and limits before it knows the name. */
  readonly isDefault: boolean
  /** True if NGINX refuses the handshake: it has no certificate for these names. */
  readonly rejects: boolean
}

/**
 * The default block first. Empty if all routes have the same TLS. Each block has routes to its own servers only, so that no
 * connection reaches a server with the TLS of another Service.
 */
export function tlsBlocks(listener: Listener): readonly TlsBlock[] {
  const groups = new Map<string, Route[]>()
  for (const route of listener.routes) {
    const key = route.tls ? tlsKey(route.tls) : REJECTED
    const group = groups.get(key)
    if (group) group.push(route)
    else groups.set(key, [route])
  }
  if (groups.size === 1 && groups.has(REJECTED)) return []
  if (!listener.routes.some(isForOthers)) groups.set(REJECTED, groups.get(REJECTED) ?? [])
  const blocks = [...groups].map(([key, routes]) => blockOf(listener, routes, key === REJECTED))
  return blocks.sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
}

/** The key of the routes without TLS; no tlsKey is empty. */
const REJECTED = ''

function isForOthers({match}: Route): boolean {
  return serverNameOf(match) === ANY_NAME
}

function blockOf(listener: Listener, routes: readonly Route[], rejects: boolean): TlsBlock {
  const [first] = routes
  const {tlsToBackend: _, ...settings} = listener.settings
  const tls = first?.tls
  const names = new Set(routes.map(({match}) => serverNameOf(match) ?? ANY_NAME))
  const hasOthers = listener.routes.some(isForOthers)
  return {
    listener: {
      key: listener.key,
      settings: {...settings, ...(tls?.toBackend && {tlsToBackend: tls.toBackend})},
      ...(tls && {tls: tls.files}),
      routes,
    },
    names: [...names].filter((name) => name !== ANY_NAME),
    isDefault: hasOthers ? names.has(ANY_NAME) : rejects,
    rejects,
  }
}
