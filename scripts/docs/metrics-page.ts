/** Generates docs/metrics.md from the definitions of the metrics. */
import {Registry} from 'prom-client'
import {EVENT_LOOP_SAMPLING, METRICS, type MetricDefinition} from '../../src/controller/metrics/catalogue.js'
import type {LabelValues} from '../../src/controller/metrics/label-values.js'
import {collectProcessMetrics} from '../../src/controller/metrics/metrics.js'
import {TRAFFIC_METRICS} from '../../src/observe/traffic/catalogue.js'
import {table} from './table.js'

const INTRODUCTION = `# Metrics

\`lbex run\` serves \`/metrics\` on its health port (7331) in the Prometheus text format.

\`\`\`yaml
scrape_configs:
  - job_name: lbex
    static_configs:
      - targets: ['192.0.2.10:7331']
\`\`\`

Counters start at 0 when lbex starts. Except for the [traffic metrics](#traffic-metrics), no label names a Service, a listener or an
address, so the number of series does not grow with the cluster. \`lbex_diagnostics\` counts each kind of problem; the log and
\`lbex render\` name the objects.

[deploy/monitoring/alerts.yaml](../deploy/monitoring/alerts.yaml) holds alerting rules, and [operations](operations.md#alerts) says
what to do about each alert.

## Metrics of lbex
`

const TRAFFIC = `## Traffic metrics

With \`--traffic-metrics\`, lbex counts the traffic of each Service, listen port and protocol: at most 20 series for each, and four more
for each server with \`--metrics-per-server\`. [Observability](observability.md) explains what they count, and what they cost.
`

const PROCESS = `## Metrics of the process

The default metrics of a Node.js program. The metrics \`nodejs_eventloop_lag_*\` with a statistic in their name (min, mean, p99 …)
are sampled every ${EVENT_LOOP_SAMPLING} ms and include these ${EVENT_LOOP_SAMPLING} ms; before the first sample they have no meaning.
`

export function metricsPage(): string {
  const definitions = Object.values<MetricDefinition>(METRICS)
  const ofTraffic = Object.values<MetricDefinition>(TRAFFIC_METRICS)
  return [
    INTRODUCTION,
    metricsTable(definitions),
    `### Labels\n`,
    ...labelLists(definitions),
    TRAFFIC,
    metricsTable(ofTraffic),
    `### Labels of the traffic metrics\n`,
    ...labelLists(ofTraffic),
    PROCESS,
    ...processMetrics().map((name) => `- ${code(name)}`),
  ].join('\n')
}

function metricsTable(definitions: readonly MetricDefinition[]): string {
  const rows = definitions.map(({name, type, labels = {}, help}) => {
    return [code(name), type, Object.keys(labels).map(code).join(', '), help]
  })
  return table(['Metric', 'Type', 'Labels', 'Description'], rows)
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
    const lead = `**${code(label)}** of ${listed(names)}`
    if (typeof values === 'string') return `${lead}: ${values}\n`
    const meanings = Object.entries(values).map(([value, meaning]) => `- ${code(value)}: ${meaning}`)
    return `${lead}:\n\n${meanings.join('\n')}\n`
  })
}

/** All metrics of Services have the same labels. */
function listed(names: readonly string[]): string {
  const [first = '', ...others] = names
  return names.length > 6 ? `${code(first)} and ${others.length} others` : names.map(code).join(', ')
}

function processMetrics(): string[] {
  const register = new Registry()
  collectProcessMetrics(register)
  return register.getMetricsAsArray().map(({name}) => name)
}

function code(text: string): string {
  return `\`${text}\``
}
