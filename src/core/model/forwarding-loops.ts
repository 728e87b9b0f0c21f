/** Removes servers that are listeners of this lbex: a connection to such a server would be forwarded in an endless loop. */
import {bracketed, describePorts, type ListenerKey} from './listener-key.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {PortIntent} from '../intent/service-intent.js'
import {isHostAddress, type HostAddresses} from './address-policy.js'
import {reportNoBackend} from './backends.js'
import type {Upstream, UpstreamServer} from './load-balancer.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'

/** True if the server is a listener of this lbex for the protocol. */
export type IsOwnListener = (server: UpstreamServer, protocol: ListenerKey['protocol']) => boolean

export function ownListenerTest(keys: Iterable<ListenerKey>, host: HostAddresses): IsOwnListener {
  const listening = {TCP: new Map<number, Set<string>>(), UDP: new Map<number, Set<string>>()}
  for (const {address, port, protocol} of keys) {
    const addresses = listening[protocol].get(port)
    if (addresses) addresses.add(address)
    else listening[protocol].set(port, new Set([address]))
  }
  return ({address, port}, protocol) => {
    const addresses = listening[protocol].get(port)
    if (!addresses) return false
    const target = LOOPBACK_OF[address] ?? address
    const isOnWildcard = addresses.has(target.includes(':') ? '::' : '0.0.0.0')
    return addresses.has(target) || (isOnWildcard && isHostAddress(target, host))
  }
}

/** A connection to the unspecified address is made to the loopback address. */
const LOOPBACK_OF: Readonly<Record<string, string>> = {'0.0.0.0': '127.0.0.1', '::': '::1'}

/** The requests without the servers that are listeners of this lbex, and the diagnostics about them. */
export function withoutOwnListeners(
  plan: ServicePlan,
  requests: readonly ListenerRequest[],
  isOwnListener: IsOwnListener,
): {requests: readonly ListenerRequest[]; diagnostics: readonly Diagnostic[]} {
  const diagnostics: Diagnostic[] = []
  const loops = new Map<string, Loops>()
  const remaining = requests.map((request) => withoutOwnServers(request, isOwnListener, loops))
  const report = reporter(plan.intent.service, diagnostics)
  for (const each of loops.values()) reportLoops(each, report)
  return {requests: remaining, diagnostics}
}

/** The loops of one Service port and address: of all listen ports of a range. */
type Loops = {
  readonly port: PortIntent
  readonly endpoints: Set<string>
  readonly portsWithoutServer: number[]
}

/** Adds to `loops`. Returns the same object if no server is removed: caches compare requests by identity. */
function withoutOwnServers(
  request: ListenerRequest,
  isOwnListener: IsOwnListener,
  loops: Map<string, Loops>,
): ListenerRequest {
  const {upstream, ...rest} = request
  const {key, port} = request
  const own = upstream?.servers.filter((server) => isOwnListener(server, key.protocol)) ?? []
  if (!upstream || own.length === 0) return request
  const place = `${port.index} ${key.address}`
  const found = loops.get(place) ?? {port, endpoints: new Set(), portsWithoutServer: []}
  loops.set(place, found)
  for (const server of own) found.endpoints.add(`${bracketed(server.address)}:${server.port}`)
  const left = withoutServers(upstream, own)
  if (left.servers.length > 0) return {...rest, upstream: left}
  found.portsWithoutServer.push(key.port)
  return rest
}

function reportLoops({port, endpoints, portsWithoutServer: ports}: Loops, report: ReportDiagnostic): void {
  report('endpoint-is-listener', {field: port.field, args: {endpoints: [...endpoints]}})
  const why = 'every endpoint is a listener of this lbex'
  if (ports.length > 0) reportNoBackend(port, undefined, {why}, report, describePorts(ports))
}

function withoutServers(upstream: Upstream, own: readonly UpstreamServer[]): Upstream {
  const absent = own.map(({address}) => ({what: `endpoint ${address}`, why: 'a listener of this lbex'}))
  return {
    ...upstream,
    servers: upstream.servers.filter((server) => !own.includes(server)),
    absent: [...upstream.absent, ...absent],
  }
}
