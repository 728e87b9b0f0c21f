/** Calls `make` at most once in each `period` (milliseconds). Calls in between get the same result. */
export function throttle<Result>(
  period: number,
  monotonic: () => number,
  make: () => Promise<Result>,
): () => Promise<Result> {
  let last: {readonly time: number; readonly result: Promise<Result>} | undefined
  return () => {
    const time = monotonic()
    if (!last || time - last.time >= period) last = {time, result: make()}
    return last.result
  }
}
