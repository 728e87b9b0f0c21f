/** Measures durations and summarizes them; medians, because machines are noisy. */
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
