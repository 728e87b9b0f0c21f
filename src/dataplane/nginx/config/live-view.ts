/** What may change without a reload: the servers of listeners with one upstream. */
import {contentHash} from '../../../core/model/content-hash.js'
import type {Listener, Upstream} from '../../../core/model/load-balancer.js'
import {filesOf} from '../../../core/model/tls-files.js'
import type {LiveListener, NginxFile} from '../../nginx-file.js'

/** The script that NGINX runs; the name depends on the content, so that NGINX loads another script with another nginx.conf. */
export function liveScript(text: string): NginxFile {
  return {path: `live-${contentHash(text)}.js`, text, owners: [], listeners: []}
}

/** Not those whose upstream a variable of NGINX chooses: because several share the traffic, or by the sender of a header. */
export function liveListeners(
  listeners: readonly Listener[],
  upstreams: readonly Upstream[],
): readonly LiveListener[] {
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
  return listeners.flatMap((listener) => {
    const [route, ...others] = listener.routes
    const [only, ...more] = route?.upstreams ?? []
    if (!route || !only || others.length + more.length > 0 || route.match.type !== 'all') return []
    if (listener.settings.trustedSenders || route.sourceRanges || route.rejected) return []
    const upstream = byName.get(only.name)
    return upstream && upstream.unknown.length === 0 ? [liveListener(listener, upstream)] : []
  })
}

function liveListener(
  {key, settings, tls, routes}: Listener,
  {name, servers, settings: {healthCheck: _, ...upstream}}: Upstream,
): LiveListener {
  const used = servers.filter(({down}) => !down)
  return {
    key,
    shape: contentHash(
      JSON.stringify([key, settings, routes, name, upstream, ...filesOf(tls).map(({path}) => path)]),
    ),
    upstream: name,
    servers: used.map(({address, port, weight}) => ({address, port, weight})),
    replaceable: !HASHED.has(upstream.balancing.algorithm) && upstream.maxConnections === undefined,
  }
}

/** The servers of an entry have no limits, and no consistent hash chooses among them. */
const HASHED: ReadonlySet<string> = new Set(['client_ip', 'client_ip_port'])
