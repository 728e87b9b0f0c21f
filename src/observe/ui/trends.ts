/** The traffic of the last minutes, for the graphs of the status page. */
import type {PortTraffic, TrafficNow} from '../../core/state/traffic-state.js'
import {sumOf} from './select-services.js'

/** Milliseconds between two points of a graph. */
export const TREND_PERIOD = 10_000
/** Points of a graph: ten minutes. */
export const TREND_POINTS = 60

/** Oldest first; as many points as there are samples. */
export type Trend = {
  readonly connections: readonly number[]
  /** New ones per second. */
  readonly rate: readonly number[]
  /** Bytes per second, in both directions. */
  readonly bytes: readonly number[]
}

type Measure = keyof Trend
type Rings = Record<Measure, Float32Array> & {last: number}

/** The key of all Services together: no Service has it, because its name is not empty. */
const ALL = ''

export class Trends {
  private readonly rings = new Map<string, Rings>()
  /** Samples that were taken. */
  private samples = 0

  /** Another text after each sample. */
  get version(): string {
    return String(this.samples)
  }

  add({services}: TrafficNow): void {
    const all = {connections: 0, rate: 0, bytes: 0}
    for (const [name, traffic] of services) {
      const point = pointOf(traffic)
      this.put(name, point)
      for (const measure of MEASURES) all[measure] += point[measure]
    }
    this.put(ALL, all)
    this.samples += 1
    for (const [name, {last}] of this.rings) if (this.samples - last > TREND_POINTS) this.rings.delete(name)
  }

  /** Of all Services, or of NAMESPACE/NAME; undefined before the second sample. */
  of(service = ALL): Trend | undefined {
    const rings = this.rings.get(service)
    if (!rings || this.samples < 2) return undefined
    return {
      connections: this.read(rings.connections),
      rate: this.read(rings.rate),
      bytes: this.read(rings.bytes),
    }
  }

  private put(name: string, point: Record<Measure, number>): void {
    const rings = this.rings.get(name) ?? newRings()
    this.rings.set(name, rings)
    // The Service was away: what the ring has for these samples is older than the graph.
    const away = Math.min(this.samples - rings.last - 1, TREND_POINTS)
    for (const measure of MEASURES) {
      for (let back = 1; back <= away; back += 1) rings[measure][(this.samples - back) % TREND_POINTS] = 0
      rings[measure][this.samples % TREND_POINTS] = point[measure]
    }
    rings.last = this.samples
  }

  private read(ring: Float32Array): number[] {
    const length = Math.min(this.samples, TREND_POINTS)
    return Array.from({length}, (_, index) => ring[(this.samples - length + index) % TREND_POINTS] ?? 0)
  }
}

const MEASURES = ['connections', 'rate', 'bytes'] as const

function newRings(): Rings {
  const [connections, rate, bytes] = [0, 1, 2].map(() => new Float32Array(TREND_POINTS)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  return {connections, rate, bytes, last: -1}
}

function pointOf(traffic: readonly PortTraffic[]): Record<Measure, number> {
  return {
    connections: sumOf(traffic, 'connections'),
    rate: sumOf(traffic, 'connectionsPerSecond'),
    bytes: sumOf(traffic, 'receivedPerSecond') + sumOf(traffic, 'sentPerSecond'),
  }
}
