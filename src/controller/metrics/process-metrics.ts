/** The usual metrics of a Node.js program, as far as `promtool check metrics` accepts them. */
import {collectDefaultMetrics, type Registry} from 'prom-client'
import {EVENT_LOOP_SAMPLING} from './catalogue.js'

/**
 * Leaves out gauges whose names end in `_total`, which is for counters: `nodejs_active_handles_total` and its like are the
 * sums of metrics that stay.
 */
export function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({register, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLING})
  // The declared type is a number, what it holds is a word.
  const misnamed = register
    .getMetricsAsArray()
    .filter(({name, type}) => name.endsWith('_total') && String(type) !== 'counter')
  for (const {name} of misnamed) register.removeSingleMetric(name)
}
