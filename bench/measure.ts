/** Measures durations and memory, and summarizes them; medians, because machines are noisy. */
import {childrenOf, proportionalSize} from './processes.js'

export type Figures = {readonly min: number; readonly median: number; readonly max: number}

/** Milliseconds of each of `times` runs of `work`. */
export async function measure(times: number, work: (run: number) => unknown): Promise<Figures> {
  const durations: number[] = []
  for (let run = 0; run < times; run += 1) {
    const start = performance.now()
    await work(run)
    durations.push(performance.now() - start)
  }
  return figures(durations)
}

export function figures(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN)
  return {min: at(0), median: at(0.5), max: at(1)}
}

/** How often something is measured: `usual` times, or as BENCH_ROUNDS says, for a quick look. */
export function rounds(usual: number): number {
  return Number(process.env['BENCH_ROUNDS'] ?? usual)
}

export type Percentiles = {readonly p50: number; readonly p90: number; readonly p99: number}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => round(sorted[Math.ceil(sorted.length * share) - 1] ?? NaN)
  return {p50: at(0.5), p90: at(0.9), p99: at(0.99)}
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The median of values divided by those that were measured with them, to two decimals. */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
  const ratios = values.map((value, index) => value / (bases[index] ?? NaN)).sort((a, b) => a - b)
  return Math.round((ratios[Math.floor(ratios.length / 2)] ?? NaN) * 100) / 100
}

/** Megabytes of an NGINX with all of its workers, shared memory counted once. `master`: its process id. */
export function nginxMemory(master: number): number {
  const kilobytes = [`${master}`, ...childrenOf(master)].map(proportionalSize)
  return round(kilobytes.reduce((sum, size) => sum + size, 0) / 1024)
}
