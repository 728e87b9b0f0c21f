/** Times the steps of a reconcile. */
import type {Clock} from '../util/clock.js'
import type {DaemonStatus} from './status.js'

/** How a step ended. */
export type Attempt<T> = {
  /** Milliseconds that this step and those before it were busy. */
  readonly took: number
} & ({readonly value: T} | {readonly error: unknown})

export type AttemptDeps = {
  readonly status: Pick<DaemonStatus, 'busySince'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/**
 * Runs one step, and is busy meanwhile; time between the steps does not count. `spent`: milliseconds that the steps before it
 * took. Never rejects.
 */
export async function attempt<T>(
  {status, clock}: AttemptDeps,
  spent: number,
  step: () => Promise<T>,
): Promise<Attempt<T>> {
  const busySince = clock.monotonic() - spent
  status.busySince = busySince
  const took = (): number => clock.monotonic() - busySince
  try {
    const value = await step()
    return {took: took(), value}
  } catch (error) {
    return {took: took(), error}
  } finally {
    status.busySince = undefined
  }
}
