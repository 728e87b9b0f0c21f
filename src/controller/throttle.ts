/**
 * Calls `make` at most once in each `period` (milliseconds), and not again before the last call has settled: slow calls must not pile
 * up. Calls in between get the same result.
 */
export function throttle<Result>(
  period: number,
  monotonic: () => number,
  make: () => Promise<Result>,
): () => Promise<Result> {
  let last: {readonly time: number; readonly result: Promise<Result>} | undefined
  let running = false
  const settled = (): void => {
    running = false
  }
  return () => {
    const time = monotonic()
    if (last && (running || time - last.time < period)) return last.result
    const result = make()
    running = true
    last = {time, result}
    result.then(settled, settled)
    return result
  }
}
