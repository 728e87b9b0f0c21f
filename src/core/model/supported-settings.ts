/** Adapts the requested settings of a Service to what the data plane supports. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import {annotationField} from '../intent/values.js'
import type {DataPlaneCapabilities} from './options.js'

/** Replaces `least_time` with `least_conn`, and reports it, if the data plane does not support `least_time`. */
export function supportedSettings(
  settings: UpstreamSettings,
  {name, leastTime}: DataPlaneCapabilities,
  report: ReportDiagnostic,
): UpstreamSettings {
  if (settings.balancing.algorithm !== 'least_time' || leastTime) return settings
  const field = annotationField(ANNOTATIONS.algorithm.key)
  report('least-time-unavailable', {field, args: {nginx: name}})
  return {...settings, balancing: {algorithm: 'least_conn'}}
}
