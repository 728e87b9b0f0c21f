/** The registry of prom-client, made from the catalogue. */
import {Counter, Gauge, Histogram, type Registry} from 'prom-client'
import {METRICS, type MetricDefinition} from './catalogue.js'

type InstrumentTypes = {readonly counter: Counter; readonly gauge: Gauge; readonly histogram: Histogram}

export type Instruments = {
  readonly [K in keyof typeof METRICS]: InstrumentTypes[(typeof METRICS)[K]['type']]
}

export type Labels = Readonly<Record<string, string>>

export function createInstruments(registry: Registry): Instruments {
  const entries = Object.entries<MetricDefinition>(METRICS)
  return Object.fromEntries(
    entries.map(([key, definition]) => [key, instrument(definition, registry)]),
  ) as Instruments
}

/** What has not happened yet is 0, not absent: only so a first time shows as an increase. */
function instrument(definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const {name, help, type, labels = {}, buckets = []} = definition
  const options = {name, help, labelNames: Object.keys(labels), registers: [registry]}
  if (type === 'gauge') return new Gauge(options)
  if (type === 'counter') {
    const counter = new Counter(options)
    for (const values of combinations(definition)) counter.inc(values, 0)
    return counter
  }
  const histogram = new Histogram({...options, buckets: [...buckets]})
  for (const values of combinations(definition)) histogram.zero(values)
  return histogram
}

/** All that the labels can be; none where one of them is open. */
function combinations({labels = {}}: MetricDefinition): Labels[] {
  let all: Labels[] = [{}]
  for (const [name, values] of Object.entries(labels)) {
    if (typeof values === 'string') return []
    all = all.flatMap((others) => Object.keys(values).map((value) => ({...others, [name]: value})))
  }
  return all
}
