/** Marks servers that fail their active checks as down, so that NGINX opens no connections to them. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {FailedCheck, HostState} from './host-state.js'
import {bracketed} from './listener-key.js'
import type {Upstream, UpstreamServer} from './load-balancer.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {probeTarget} from './probe-target.js'

type FailedChecks = HostState['failedChecks']
export type FailingServers = ReadonlyMap<UpstreamServer, FailedCheck>

/** The requests with their failing servers marked as down, and the diagnostics about them. */
export function withoutFailingServers(
  plan: ServicePlan,
  requests: readonly ListenerRequest[],
  failedChecks: FailedChecks,
): {requests: readonly ListenerRequest[]; diagnostics: readonly Diagnostic[]} {
  const diagnostics: Diagnostic[] = []
  const report = reporter(plan.intent.service, diagnostics)
  const checked = new Map<Upstream, Upstream>()
  const {namespace} = plan.intent.service.ref
  const failing = (upstream: Upstream) => failingServers(upstream, namespace, failedChecks)
  const withChecked = (request: ListenerRequest): ListenerRequest => {
    const {upstream} = request
    if (!upstream) return request
    let after = checked.get(upstream)
    if (!after) checked.set(upstream, (after = checkServers(upstream, request, failing, report)))
    return after === upstream ? request : {...request, upstream: after}
  }
  return {requests: requests.map(withChecked), diagnostics}
}

/**
 * Returns the same object if no server is marked. If every server fails, all of them stay in use: the check is then more likely
 * wrong than every server, and connections would fail in either case.
 */
function checkServers(
  upstream: Upstream,
  {port: {field}}: ListenerRequest,
  findIn: (upstream: Upstream) => FailingServers,
  report: ReportDiagnostic,
): Upstream {
  const failing = findIn(upstream)
  if (failing.size === 0) return upstream
  const isAll = failing.size === upstream.servers.length
  const {offset = 0} = upstream
  const servers = [...failing].map(([{address, port}, failed]) =>
    describeFailing({address, port: port - offset}, failed),
  )
  report(isAll ? 'servers-all-unhealthy' : 'server-unhealthy', {field, args: {servers}})
  if (isAll) return upstream
  return {
    ...upstream,
    servers: upstream.servers.map((server) => (failing.has(server) ? {...server, down: true} : server)),
  }
}

/** The servers of an upstream that fail their checks, also if all of them do. `namespace`: that of the Service. */
export function failingServers(
  {servers, settings: {healthCheck}, unknown, offset}: Upstream,
  namespace: string,
  failedChecks: FailedChecks,
): FailingServers {
  const failing = new Map<UpstreamServer, FailedCheck>()
  if (!healthCheck || unknown.length > 0) return failing
  for (const server of servers) {
    const failed = failedChecks.get(probeTarget(server, healthCheck, namespace, offset).id)
    if (failed) failing.set(server, failed)
  }
  return failing
}

/** The ports of a range have the same text, and are reported once. */
function describeFailing(
  {address, port}: Pick<UpstreamServer, 'address' | 'port'>,
  {reason, since, flapping}: FailedCheck,
): string {
  const detail = `${reason}, since ${new Date(since).toISOString()}${flapping ? ', flapping' : ''}`
  return `${bracketed(address)}:${port} (${detail})`
}
