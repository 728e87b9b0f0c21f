import {Failure} from '../diagnostics/failure.js'
import {Deadline} from '../kube/deadline.js'
import type {Clock} from '../util/clock.js'

/** Ends `work` after `milliseconds`, earlier than the limits of each request do. */
export async function limitTime<T>(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(clock, signal)
  deadline.within(milliseconds, () => tooLate(milliseconds))
  try {
    return await deadline.race(work(deadline.signal))
  } finally {
    deadline.end()
  }
}

function tooLate(milliseconds: number): Failure {
  return new Failure(`the API server has not answered within ${milliseconds / 1000} s`, {
    code: 'api-timeout',
    temporary: true,
  })
}
