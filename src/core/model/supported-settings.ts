/** Adapts the requested settings of a Service to what the data plane supports. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import {settingField} from '../intent/port-settings.js'
import type {PortIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {DataPlaneCapabilities} from './options.js'

/**
 * The settings of the upstreams of a port: `least_time` becomes `least_conn`, and there is no drain timeout, if lbex cannot do that on
 * this host, which is reported. Undefined, and reported, if the port must not be exposed because the data plane does not support a setting.
 */
export function supportedSettings(
  service: Service,
  intent: PortIntent,
  capabilities: DataPlaneCapabilities,
  report: ReportDiagnostic,
): UpstreamSettings | undefined {
  const {port, upstreamSettings: settings} = intent
  const {name: nginx} = capabilities
  const missing = UNAVAILABLE.filter(({isAsked, isPossible}) => isAsked(intent) && !isPossible(capabilities))
  for (const {key, setting, needs} of missing)
    report('setting-unavailable', {field: settingField(service, port, key), args: {setting, nginx, needs}})
  if (missing.length > 0) return undefined
  const drained = withDrain(service, intent, capabilities, report)
  if (settings.balancing.algorithm !== 'least_time' || capabilities.leastTime) return drained
  const field = settingField(service, port, ANNOTATIONS.algorithm.key)
  report('least-time-unavailable', {field, args: {nginx}})
  return {...drained, balancing: {algorithm: 'least_conn'}}
}

function withDrain(
  service: Service,
  {port, upstreamSettings: settings}: PortIntent,
  {drainObstacle: obstacle}: DataPlaneCapabilities,
  report: ReportDiagnostic,
): UpstreamSettings {
  if (settings.drainTimeout === undefined || obstacle === undefined) return settings
  report('drain-unavailable', {
    field: settingField(service, port, ANNOTATIONS.drainTimeout.key),
    args: {obstacle},
  })
  const {drainTimeout: _, ...others} = settings
  return others
}

type Requirement = {
  readonly key: string
  /** What is not available, and what provides it, for the message. */
  readonly setting: string
  readonly needs: string
  readonly isAsked: (port: PortIntent) => boolean
  readonly isPossible: (capabilities: DataPlaneCapabilities) => boolean
}

const UNAVAILABLE: readonly Requirement[] = [
  {
    key: ANNOTATIONS.proxyProtocol.key,
    setting: 'version 2 of the PROXY protocol to backends',
    needs: 'use version v1, or NGINX 1.31.4 or newer',
    isAsked: ({listenerSettings}) => listenerSettings.proxyProtocol === 'v2',
    isPossible: ({proxyProtocolV2}) => proxyProtocolV2,
  },
  {
    key: ANNOTATIONS.acceptProxyProtocol.key,
    setting: 'client addresses in PROXY protocol headers',
    needs: 'use an NGINX with ngx_stream_realip_module',
    isAsked: ({listenerSettings}) => listenerSettings.trustedSenders !== undefined,
    isPossible: ({realClientAddress}) => realClientAddress,
  },
  {
    key: ANNOTATIONS.hosts.key,
    setting: 'server names of TLS connections',
    needs: 'use an NGINX with ngx_stream_ssl_preread_module, which all usual packages have',
    isAsked: ({sharing}) => sharing?.hosts !== undefined,
    isPossible: ({serverNames}) => serverNames,
  },
]
