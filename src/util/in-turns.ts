/** Drives long work without keeping everything else waiting: health checks, watches and timers get their turn in between. */
import {setImmediate} from 'node:timers/promises'
import type {Clock} from './clock.js'

/** Milliseconds after which the others get their turn. */
const SLICE = 10

/** Rejects with the signal's reason as soon as it aborts; the rest is then not done. */
export async function inTurns<T>(
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
