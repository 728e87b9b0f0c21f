/** Time as a parameter, so that tests do not wait. */
export interface Clock {
  /** Milliseconds since the epoch: for timestamps. */
  now(): number
  /** Milliseconds of a monotonic clock: for durations and deadlines. */
  monotonic(): number
  /** Resolves after `milliseconds`, or at once when `signal` aborts. Never rejects. */
  delay(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  delay: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done, {once: true})
    }),
}
