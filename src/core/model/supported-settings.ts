/** Adapts the requested settings of a Service to what the data plane supports. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import {settingField} from '../intent/port-settings.js'
import type {PortIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {DataPlaneCapabilities} from './options.js'

/** Replaces `least_time` with `least_conn`, and reports it, if the data plane does not support `least_time`. */
export function supportedSettings(
  service: Service,
  {port, upstreamSettings: settings}: PortIntent,
  {name, leastTime}: DataPlaneCapabilities,
  report: ReportDiagnostic,
): UpstreamSettings {
  if (settings.balancing.algorithm !== 'least_time' || leastTime) return settings
  const field = settingField(service, port, ANNOTATIONS.algorithm.key)
  report('least-time-unavailable', {field, args: {nginx: name}})
  return {...settings, balancing: {algorithm: 'least_conn'}}
}
