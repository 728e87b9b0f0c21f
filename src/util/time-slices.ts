/** Runs long work in time slices, so that health checks, watches and timers are not delayed. */
import {setImmediate} from 'node:timers/promises'
import type {Clock} from './clock.js'

/** Milliseconds after which other work may run. */
const SLICE = 10

/** Takes all steps. Rejects with the signal's reason as soon as it aborts, and skips the remaining steps. */
export async function runInSlices<T>(
  steps: Iterator<unknown, T, void>,
  clock: Pick<Clock, 'monotonic'>,
  signal?: AbortSignal,
): Promise<T> {
  let start = clock.monotonic()
  for (;;) {
    const {done, value} = steps.next()
    if (done) return value
    if (clock.monotonic() - start < SLICE) continue
    await setImmediate()
    signal?.throwIfAborted()
    start = clock.monotonic()
  }
}
