/** Reports checks that this host runs less often than a Service requests. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter} from '../../diagnostics/reporter.js'
import type {HostState} from './host-state.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'

/** One for each port whose servers are checked. */
export function reportSlowChecks(
  {intent: {service}}: ServicePlan,
  requests: readonly ListenerRequest[],
  slowChecks: HostState['slowChecks'],
): readonly Diagnostic[] {
  const factor = slowChecks?.get(service.ref.namespace)
  if (factor === undefined) return []
  const diagnostics: Diagnostic[] = []
  const report = reporter(service, diagnostics)
  for (const {port, upstream} of requests) {
    const {interval} = upstream?.settings.healthCheck ?? {}
    if (interval === undefined) continue
    report('health-check-slow', {field: port.field, args: {asked: interval, actual: interval * factor}})
  }
  return diagnostics
}
