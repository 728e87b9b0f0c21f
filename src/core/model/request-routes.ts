/** Which traffic of its listeners a Service port requests. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {PortIntent} from '../intent/service-intent.js'
import type {RouteMatch} from './route-match.js'

/** Server names times listeners times source ranges of one Service: a route costs NGINX and lbex memory. */
const MOST_ROUTES = 10_000

/**
 * Returns a function that returns the server names of a port of a Service, or all traffic. Empty if the port must not be exposed,
 * which is reported: without its names, the port would get the traffic of others.
 */
export function routeRequester(
  report: ReportDiagnostic,
): (port: PortIntent, listeners: number) => readonly RouteMatch[] {
  let routes = 0
  return ({sharing, listenerSettings}, listeners) => {
    if (!sharing?.hosts) return ALL_TRAFFIC
    const {names, field} = sharing.hosts
    // The configuration has the source ranges of each name.
    routes += names.length * listeners * Math.max(1, listenerSettings.sourceRanges?.length ?? 1)
    if (routes <= MOST_ROUTES) return names.map((name) => ({type: 'sni', name}))
    report('hosts-over-limit', {field, args: {names: names.length, limit: MOST_ROUTES}})
    return []
  }
}

const ALL_TRAFFIC: readonly RouteMatch[] = [{type: 'all'}]
