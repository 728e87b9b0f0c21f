/** Which ports of nodes an active health check may probe. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import {settingField} from '../intent/port-settings.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'

/** The health port of kube-proxy. */
const KUBE_PROXY = 10_256

/**
 * The settings, without another port to probe if the upstreams are nodes and the port is neither that of kube-proxy nor
 * spec.healthCheckNodePort, which is reported. Nodes are not the author's: their other ports may trust the host of lbex.
 */
export function allowedProbe(
  {service, upstreamType}: ServiceIntent,
  {port, listenerSettings: {proxyProtocol}}: PortIntent,
  settings: UpstreamSettings,
  report: ReportDiagnostic,
): UpstreamSettings {
  const {healthCheck} = settings
  const probed = healthCheck?.port
  if (upstreamType !== 'node' || !healthCheck || probed === undefined) return settings
  if (probed === KUBE_PROXY || probed === service.healthCheckNodePort) return settings
  const {key} = ANNOTATIONS.healthCheckPort
  report('setting-unused', {
    field: settingField(service, port, key),
    args: {
      key,
      why: `of a node, lbex probes only the node port, ${KUBE_PROXY} and spec.healthCheckNodePort`,
      advice: 'use one of these ports, remove the annotation, or set loadbalancer.lbex/upstream-type: pod',
    },
  })
  const {port: _, ...check} = healthCheck
  const expectsHeader = proxyProtocol !== undefined && check.type !== 'udp'
  return {...settings, healthCheck: {...check, ...(expectsHeader && {proxyHeader: proxyProtocol})}}
}
