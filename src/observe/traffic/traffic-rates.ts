/** Computes rates from two samples of the counts, so that nothing is computed while no client asks. */
import type {Steps} from '../../core/model/steps.js'
import type {PortTraffic} from '../../core/state/traffic-state.js'
import type {ServiceName} from './known-services.js'
import {seriesKey, type Series} from './traffic-counter.js'

/** Milliseconds between two samples: a rate is the average of at least so long, and usually of WINDOW to 2 * WINDOW. */
export const SHORTEST = 1000
const WINDOW = 10_000
/** Milliseconds after which a sample is too old to tell what happens now. */
const LONGEST = 60_000

type Totals = {
  readonly ended: number
  readonly received: number
  readonly sent: number
  /** Undefined if several Services share the listener. */
  readonly open: number | undefined
}

export type Sample = {
  /** Monotonic milliseconds. */
  readonly at: number
  /** By seriesKey. */
  readonly totals: ReadonlyMap<string, Totals>
}

type Served = Iterable<readonly [Series, ServiceName]>

/** Series per step. */
const STEP = 64

/** `at`: monotonic milliseconds. In steps: thousands of Services take longer than other work may wait. */
export function* takeSample(served: Served, open: ReadonlyMap<string, number>, at: number): Steps<Sample> {
  const totals = new Map<string, Totals>()
  for (const [series] of served) {
    const {connections, received, sent} = series.counts
    const key = seriesKey(series)
    totals.set(key, {ended: connections, received, sent, open: open.get(key)})
    if (totals.size % STEP === 0) yield
  }
  return {at, totals}
}

/** Keeps two samples, whatever the number of requests. */
export class SampleHistory {
  private older: Sample | undefined
  private newer: Sample | undefined

  note(sample: Sample): void {
    if (this.newer && sample.at - this.newer.at < WINDOW) return
    this.older = this.newer
    this.newer = sample
  }

  /** The sample to compare `sample` with; undefined if every earlier sample is too new or too old. */
  before({at}: Sample): Sample | undefined {
    return [this.older, this.newer].find(
      (each) => each && at - each.at >= SHORTEST && at - each.at <= LONGEST,
    )
  }
}

/** By NAMESPACE/NAME; in steps too. */
export function* trafficOf(
  served: Served,
  now: Sample,
  before: Sample | undefined,
): Steps<Map<string, PortTraffic[]>> {
  const traffic = new Map<string, PortTraffic[]>()
  const seconds = before && (now.at - before.at) / 1000
  for (const [series, {namespace, name}] of served) {
    const key = seriesKey(series)
    const totals = now.totals.get(key)
    if (!totals) continue
    const earlier = before?.totals.get(key)
    const port: PortTraffic = {
      ...{port: series.port, protocol: series.protocol},
      ...(totals.open !== undefined && {connections: totals.open}),
      ...(seconds !== undefined && earlier && ratesOf(totals, earlier, seconds)),
    }
    const ports = traffic.get(`${namespace}/${name}`)
    if (ports) ports.push(port)
    else traffic.set(`${namespace}/${name}`, [port])
    if (traffic.size % STEP === 0) yield
  }
  return traffic
}

/** A connection that is open, or has ended, since the earlier sample is new; one that was open then and has ended is not. */
function ratesOf(now: Totals, earlier: Totals, seconds: number): Partial<PortTraffic> {
  const opened = now.ended + (now.open ?? 0) - earlier.ended - (earlier.open ?? 0)
  return {
    // The kernel and the lines of NGINX are not read at the same moment.
    connectionsPerSecond: Math.max(0, Math.round((100 * opened) / seconds) / 100),
    receivedPerSecond: Math.round((now.received - earlier.received) / seconds),
    sentPerSecond: Math.round((now.sent - earlier.sent) / seconds),
  }
}
