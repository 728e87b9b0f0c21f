/** Limits how often changes are passed on, without losing the last one. */
import type {Clock} from '../util/clock.js'

/**
 * Returns a function that calls `listener` at once, but at most once in `period` milliseconds: calls that come earlier are
 * combined into one at the end of the period. Nothing is called after `signal` aborts.
 */
export function pacedCalls(
  {clock, period, signal}: {readonly clock: Clock; readonly period: number; readonly signal: AbortSignal},
  listener: () => void,
): () => void {
  let last = -Infinity
  let isWaiting = false
  const call = async (): Promise<void> => {
    isWaiting = true
    const wait = last + period - clock.monotonic()
    if (wait > 0) await clock.delay(wait, signal)
    isWaiting = false
    if (signal.aborted) return
    last = clock.monotonic()
    listener()
  }
  return () => {
    if (!isWaiting) void call()
  }
}
