/** Times the steps of a reconcile. */
import type {Clock} from '../util/clock.js'
import type {DaemonStatus} from './status.js'

/** How a step ended. */
export type TimedResult<T> = {
  /** Milliseconds that this step and the steps before it were busy. */
  readonly took: number
} & ({readonly value: T} | {readonly error: unknown})

export type TimeStepDeps = {
  readonly status: Pick<DaemonStatus, 'busySince'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/**
 * Runs one step. The status is busy meanwhile; time between the steps does not count. `spent`: milliseconds that the steps
 * before this one took. Never rejects.
 */
export async function timeStep<T>(
  {status, clock}: TimeStepDeps,
  spent: number,
  step: () => Promise<T>,
): Promise<TimedResult<T>> {
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
