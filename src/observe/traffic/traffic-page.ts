/** Writes the traffic metrics in the Prometheus text format, in steps: thousands of Services have 100,000 series. */
import type {Steps} from '../../core/model/steps.js'
import {TRAFFIC_METRICS, type LineResult, type TrafficMetric} from './catalogue.js'
import type {Counts, Distribution, ServerCounts} from './counters.js'
import type {ServiceName} from './known-services.js'
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

/** Encodes the text in steps too: to do that with the whole page would block the event loop. */
export function* trafficPage(state: TrafficState): Steps<Buffer> {
  const series = yield* labelled(state.series)
  const parts: Buffer[] = []
  for (const [metric, samples] of families(state)) {
    parts.push(Buffer.from(head(metric)))
    for (let at = 0; at < series.length; at += STEP) {
      const some = series.slice(at, at + STEP)
      parts.push(Buffer.from(some.map(samples).join('')))
      yield
    }
  }
  return Buffer.concat([...parts, Buffer.from(totals(state))])
}

function* labelled(all: TrafficState['series']): Steps<Labelled[]> {
  const series: Labelled[] = []
  for (const [each, {namespace, name}] of all) {
    const {port, protocol, counts} = each
    const labels = labelsOf({namespace, service: name, port: String(port), protocol})
    if (series.push({labels, key: seriesKey(each), counts}) % STEP === 0) yield
  }
  return series
}

function families({active, perServer}: TrafficState): [TrafficMetric, Samples][] {
  const M = TRAFFIC_METRICS
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

function refusedSamples({labels, counts}: Labelled): string {
  const {name} = TRAFFIC_METRICS.refused
  return Object.entries(counts.refused)
    .map(([reason, value]) => line(name, `${labels},reason="${reason}"`, value))
    .join('')
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
  const M = TRAFFIC_METRICS
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
  const buckets = counts.map((count, index) => {
    total += count
    return line(`${name}_bucket`, `${labels},le="${bounds[index] ?? '+Inf'}"`, total)
  })
  return buckets.join('') + line(`${name}_sum`, labels, sum / 1000) + line(`${name}_count`, labels, total)
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
