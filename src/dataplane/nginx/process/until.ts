/** Every wait for NGINX: a condition, a deadline and a signal. */
import type {Clock} from '../../../util/clock.js'

export type Patience = {
  readonly clock: Clock
  /** Milliseconds after which to give up. */
  readonly limit: number
  /** Milliseconds between two checks. */
  readonly every: number
  readonly signal?: AbortSignal
}

/** True as soon as `condition` holds, false when the time is up. Rejects with the signal's reason when it aborts. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patience: Patience,
): Promise<boolean> {
  const {clock, limit, every, signal} = patience
  const deadline = clock.monotonic() + limit
  for (;;) {
    signal?.throwIfAborted()
    if (await condition()) return true
    if (clock.monotonic() >= deadline) return false
    await clock.delay(every, signal)
  }
}
