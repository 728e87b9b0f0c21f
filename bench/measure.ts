/** Measures durations and memory, and summarizes them; medians, because machines are noisy. */
import {readFileSync} from 'node:fs'

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

export type Percentiles = {readonly p50: number; readonly p90: number; readonly p99: number}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => round(sorted[Math.ceil(sorted.length * share) - 1] ?? NaN)
  return {p50: at(0.5), p90: at(0.9), p99: at(0.99)}
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Megabytes of an NGINX with all of its workers, shared memory counted once. `master`: its process id. */
export function nginxMemory(master: number): number {
  const workers = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').split(' ').filter(Boolean)
  const kilobytes = [`${master}`, ...workers].map(proportionalSize).reduce((sum, size) => sum + size, 0)
  return round(kilobytes / 1024)
}

/** Kilobytes of a process, with its share of what it has in common with others. */
function proportionalSize(pid: string): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
}
