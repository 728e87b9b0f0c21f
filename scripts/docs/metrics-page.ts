/** The catalogue of metrics as a page. */
import {Registry} from 'prom-client'
import {
  EVENT_LOOP_LOOK,
  METRICS,
  type LabelValues,
  type MetricDefinition,
} from '../../src/controller/metrics/catalogue.js'
import {collectProcessMetrics} from '../../src/controller/metrics/process-metrics.js'
import {table} from './table.js'

const INTRODUCTION = `# Metrics

\`lbex run\` answers \`/metrics\` on its health port (7331) in the text format of Prometheus.

\`\`\`yaml
scrape_configs:
  - job_name: lbex
    static_configs:
      - targets: ['192.0.2.10:7331']
\`\`\`

A counter begins at 0 when lbex starts. No label names a Service, a listener or an address, so the number of series does not grow with
the cluster; \`lbex_diagnostics\` says what is wrong how often, the log and \`lbex render\` say where.

[deploy/monitoring/alerts.yaml](../deploy/monitoring/alerts.yaml) has rules for alerts, and [operations](operations.md#alerts) says
what each of them asks you to do.

## Of lbex
`

const PROCESS = `## Of the process

The usual ones of a Node.js program. Those of \`nodejs_eventloop_lag_\` that have a rank in their name (min, mean, p99 …) are
looked at every ${EVENT_LOOP_LOOK} ms, and contain these ${EVENT_LOOP_LOOK} ms; those before the first look mean nothing.
`

export function metricsPage(): string {
  const definitions = Object.values<MetricDefinition>(METRICS)
  const rows = definitions.map(({name, type, labels = {}, help}) => {
    return [code(name), type, Object.keys(labels).map(code).join(', '), help]
  })
  return [
    INTRODUCTION,
    table(['Metric', 'Type', 'Labels', 'Tells'], rows),
    `### Labels\n`,
    ...labelLists(definitions),
    PROCESS,
    processMetrics().map(code).join(', '),
  ].join('\n')
}

/** Each set of values once, with the metrics that have it. */
function labelLists(definitions: readonly MetricDefinition[]): string[] {
  const sets = new Map<LabelValues, {label: string; names: string[]}>()
  for (const {name, labels = {}} of definitions) {
    for (const [label, values] of Object.entries(labels)) {
      const {names} = sets.get(values) ?? {names: []}
      sets.set(values, {label, names: [...names, name]})
    }
  }
  return [...sets].map(([values, {label, names}]) => {
    const lead = `**${code(label)}** of ${names.map(code).join(', ')}`
    if (typeof values === 'string') return `${lead}: ${values}\n`
    const meanings = Object.entries(values).map(([value, meaning]) => `- ${code(value)}: ${meaning}`)
    return `${lead}:\n\n${meanings.join('\n')}\n`
  })
}

function processMetrics(): string[] {
  const register = new Registry()
  collectProcessMetrics(register)
  return register.getMetricsAsArray().map(({name}) => name)
}

function code(text: string): string {
  return `\`${text}\``
}
