import {Failure} from '../diagnostics/failure.js'
import {Deadline} from '../kube/deadline.js'
import type {Clock} from '../util/clock.js'

/** Aborts `work` after `milliseconds`, which is shorter than the timeouts of its requests. */
export async function limitTime<T>(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(clock, signal)
  deadline.within(milliseconds, () => timeoutFailure(milliseconds))
  try {
    return await deadline.race(work(deadline.signal))
  } finally {
    deadline.end()
  }
}

function timeoutFailure(milliseconds: number): Failure {
  return new Failure(`the API server did not respond within ${milliseconds / 1000} s`, {
    code: 'api-timeout',
    temporary: true,
  })
}
