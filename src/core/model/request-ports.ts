/** The listeners that the ports of a Service request, up to the limit. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {countListenPorts} from '../intent/port-range.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {ModelOptions} from './options.js'
import {firstListenPorts} from './port-ranges.js'
import {requestListeners, type ListenScope, type RequestedListener} from './request-listeners.js'
import {routeRequester} from './request-routes.js'
import type {RouteMatch} from './route-match.js'

export type PortRequests = {
  /** One of the listen ports of a Service port. */
  readonly port: PortIntent
  readonly listeners: readonly RequestedListener[]
  /** What the port requests of each listener; never empty. */
  readonly matches: readonly RouteMatch[]
  /** True if an earlier port has the same listen port and protocol. */
  readonly isRepeated: boolean
}

/**
 * The listener requests of the first listen ports, up to the limit. It also limits the ports that cannot have a listener here, because
 * they cost time.
 */
export function requestPorts(
  {ports}: ServiceIntent,
  scope: ListenScope,
  options: ModelOptions,
  report: ReportDiagnostic,
): PortRequests[] {
  const limit = options.maxListenersPerService
  const routesOf = routeRequester(report)
  const requested: PortRequests[] = []
  const listenPorts = new Set<string>()
  let count = 0
  for (const [index, port] of firstListenPorts(ports, limit + 1).entries()) {
    const listeners = requestListeners(port, scope, options, report)
    count += listeners.length
    if (count > limit || index === limit) {
      const args = {served: index, asked: countListenPorts(ports), limit}
      report('listeners-over-limit', {field: port.field, args})
      break
    }
    const listenPort = `${port.listenPort}/${port.port.protocol}`
    const matches = routesOf(port, listeners.length)
    requested.push({port, listeners, matches, isRepeated: listenPorts.has(listenPort)})
    listenPorts.add(listenPort)
  }
  return requested
}

/** The number of upstreams for the requests: one for each address family of a listen port. */
export function countUpstreams(ports: readonly PortRequests[]): number {
  return ports.reduce((sum, {listeners}) => sum + new Set(listeners.map(({family}) => family)).size, 0)
}
