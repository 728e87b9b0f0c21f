/** What the data plane at hand can do of the settings that a Service asks for. */
import type {Report} from '../../diagnostics/reporter.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import {annotationField} from '../intent/values.js'
import type {DataPlaneCapabilities} from './options.js'

/** `settings`, with `least_conn` in place of a `least_time` that the data plane does not have; that is reported. */
export function supportedSettings(
  settings: UpstreamSettings,
  {name, leastTime}: DataPlaneCapabilities,
  report: Report,
): UpstreamSettings {
  if (settings.balancing.algorithm !== 'least_time' || leastTime) return settings
  const field = annotationField(ANNOTATIONS.algorithm.key)
  report('least-time-unavailable', {field, args: {nginx: name}})
  return {...settings, balancing: {algorithm: 'least_conn'}}
}
