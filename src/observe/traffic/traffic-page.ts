/** Writes the traffic metrics in the Prometheus text format, in steps: thousands of Services have 100,000 series. */
import type {Steps} from '../../core/model/steps.js'
import {TRAFFIC_METRICS, type LineResult, type TrafficMetric} from './catalogue.js'
import type {Counts, Distribution, ServerCounts} from './counters.js'
import type {ServiceName} from './known-services.js'
import {REFUSALS} from './session-line.js'
import {seriesKey, type Series} from './traffic-counter.js'

export type TrafficState = {
  readonly series: Iterable<readonly [Series, ServiceName]>
  /** Open connections by seriesKey. Series without an entry have no value. */
  readonly active: ReadonlyMap<string, number>
  readonly lines: Readonly<Record<LineResult, number>>
  readonly samplingRatio: number
  readonly perServer: boolean
}

/** A series with its labels as text. */
type Labelled = {readonly labels: string; readonly key: string; readonly counts: Counts}
/** The samples of one series for one metric. */
type Samples = (series: Labelled) => string

/** Series per step. */
const STEP = 64

/** The parts of the page, each encoded in a step of its own: to do that with the whole page would block the event loop. */
export function* trafficPage(state: TrafficState): Steps<readonly Buffer[]> {
  const series = yield* labelled(state.series)
  const parts: Buffer[] = []
  for (const [metric, samples] of families(state)) {
    parts.push(Buffer.from(head(metric)))
    for (let at = 0; at < series.length; at += STEP) {
      let text = ''
      for (const each of series.slice(at, at + STEP)) text += samples(each)
      parts.push(Buffer.from(text))
      yield
    }
  }
  parts.push(Buffer.from(totals(state)))
  return parts
}

function* labelled(all: TrafficState['series']): Steps<Labelled[]> {
  const series: Labelled[] = []
  for (const [each, name] of all) {
    if (
      series.push({labels: seriesLabels(each, name), key: seriesKey(each), counts: each.counts}) % STEP ===
      0
    )
      yield
  }
  return series
}

/** A series has one Service as long as it lives. */
const LABELS = new WeakMap<Series, string>()

function seriesLabels(series: Series, {namespace, name}: ServiceName): string {
  const known = LABELS.get(series)
  if (known !== undefined) return known
  const {port, protocol} = series
  const labels = labelsOf({namespace, service: name, port: String(port), protocol})
  LABELS.set(series, labels)
  return labels
}

const M = TRAFFIC_METRICS

function families({active, perServer}: TrafficState): [TrafficMetric, Samples][] {
  const of = (metric: TrafficMetric, value: (counts: Counts) => number): [TrafficMetric, Samples] => [
    metric,
    ({labels, counts}) => line(metric.name, labels, value(counts)),
  ]
  return [
    of(M.connections, ({connections}) => connections),
    [M.refused, refusedSamples],
    [M.active, ({labels, key}) => line(M.active.name, labels, active.get(key))],
    of(M.received, ({received}) => received),
    of(M.sent, ({sent}) => sent),
    of(M.failures, ({failures}) => failures),
    [M.duration, ({labels, counts}) => histogram(M.duration.name, labels, counts.duration)],
    [M.connectTime, ({labels, counts}) => histogram(M.connectTime.name, labels, counts.connectTime)],
    ...(perServer ? serverFamilies() : []),
  ]
}

function refusedSamples({labels, counts: {refused}}: Labelled): string {
  let text = ''
  for (const reason of REFUSALS) text += line(M.refused.name, `${labels},reason="${reason}"`, refused[reason])
  return text
}

function serverFamilies(): [TrafficMetric, Samples][] {
  const {serverConnections, serverReceived, serverSent, serverFailures} = TRAFFIC_METRICS
  const of = (metric: TrafficMetric, value: (counts: ServerCounts) => number): [TrafficMetric, Samples] => [
    metric,
    ({labels, counts}) =>
      [...counts.servers]
        .map(([server, each]) => line(metric.name, `${labels},${labelsOf({server})}`, value(each)))
        .join(''),
  ]
  return [
    of(serverConnections, ({connections}) => connections),
    of(serverReceived, ({received}) => received),
    of(serverSent, ({sent}) => sent),
    of(serverFailures, ({failures}) => failures),
  ]
}

function totals({lines, samplingRatio}: TrafficState): string {
  const results = Object.entries(lines).map(([result, count]) =>
    line(M.lines.name, labelsOf({result}), count),
  )
  return head(M.lines) + results.join('') + head(M.sampling) + `${M.sampling.name} ${samplingRatio}\n`
}

function head({name, help, type}: TrafficMetric): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

function line(name: string, labels: string, value: number | undefined): string {
  return value === undefined ? '' : `${name}{${labels}} ${value}\n`
}

function histogram(name: string, labels: string, {bounds, counts, sum}: Distribution): string {
  let total = 0
  let text = ''
  for (let index = 0; index < counts.length; index += 1) {
    total += counts[index] ?? 0
    text += `${name}_bucket{${labels},le="${bounds[index] ?? '+Inf'}"} ${total}\n`
  }
  return `${text}${name}_sum{${labels}} ${sum / 1000}\n${name}_count{${labels}} ${total}\n`
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
