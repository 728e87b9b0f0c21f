/** Reports the fields of a Service that lbex does not honour, or honours only in part. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {IntentOptions} from './options.js'
import {usesEndpointNodes, type ServiceIntent} from './service-intent.js'

export function reportFields(
  intent: ServiceIntent,
  {zone}: Pick<IntentOptions, 'zone'>,
  report: ReportDiagnostic,
): void {
  const {externalIPs} = intent.service
  if (externalIPs) report('field-ignored', {field: ['spec', 'externalIPs'], args: ADDRESSES})
  reportAffinityTimeout(intent, report)
  reportTrafficDistribution(intent, zone, report)
  reportInternalPolicy(intent, report)
  reportHealthCheckPort(intent, report)
}

/** https://github.com/kubernetes/enhancements/issues/5707 */
const ADDRESSES = {
  why: 'lbex listens on the addresses of its hosts, not on spec.externalIPs',
  advice:
    'remove it: spec.externalIPs is deprecated (KEP-5707), and while it is set, kube-proxy still serves these addresses; --listen-address selects the addresses of the host',
}

/** The default of the API server: three hours. */
const DEFAULT_AFFINITY_TIMEOUT = 10_800

/** The API server sets the default in every Service with affinity, so the default says nothing about the wish of the author. */
function reportAffinityTimeout({service}: ServiceIntent, report: ReportDiagnostic): void {
  const {sessionAffinity, affinityTimeout: seconds = DEFAULT_AFFINITY_TIMEOUT} = service
  if (sessionAffinity === 'ClientIP' && seconds !== DEFAULT_AFFINITY_TIMEOUT)
    report('affinity-timeout-unused', {field: ['spec', 'sessionAffinityConfig'], args: {seconds}})
}

/** With --zone, lbex does what the hints of the EndpointSlices say, like kube-proxy, if endpoints decide which servers it uses. */
function reportTrafficDistribution(
  intent: ServiceIntent,
  zone: string | undefined,
  report: ReportDiagnostic,
): void {
  const {trafficDistribution: preference} = intent.service
  if (preference === undefined) return
  const servers = serversWithoutZone(intent)
  if (!servers && zone !== undefined && preference !== 'PreferSameNode') return
  const args = {preference, ...(zone !== undefined && {zone}), ...(servers && {servers})}
  report('traffic-distribution-unused', {field: ['spec', 'trafficDistribution'], args})
}

/** Undefined if the servers follow from the endpoints. */
function serversWithoutZone(intent: ServiceIntent): 'all-nodes' | 'cluster-ip' | undefined {
  const {upstreamType} = intent
  if (upstreamType === 'node') return usesEndpointNodes(intent) ? undefined : 'all-nodes'
  return upstreamType === 'cluster-ip' ? 'cluster-ip' : undefined
}

/** Other upstream types do not use the cluster IP, so the policy does not affect them. */
function reportInternalPolicy({service, upstreamType}: ServiceIntent, report: ReportDiagnostic): void {
  if (upstreamType === 'cluster-ip' && service.internalTrafficPolicy === 'Local')
    report('internal-policy-local', {field: ['spec', 'internalTrafficPolicy'], args: {}})
}

/** Upstreams of other types do not depend on the health of single nodes. */
function reportHealthCheckPort(
  {service, ports, upstreamType}: ServiceIntent,
  report: ReportDiagnostic,
): void {
  const {healthCheckNodePort: port} = service
  if (port === undefined || upstreamType !== 'node') return
  if (!ports.some(({upstreamSettings}) => upstreamSettings.healthCheck?.port === port))
    report('health-check-port-unused', {field: ['spec', 'healthCheckNodePort'], args: {port}})
}
