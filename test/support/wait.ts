/** The only way in which a test waits: for a condition, until a deadline. */
import {scaled} from './timeouts.js'

export type Wait = {
  /** What is waited for, for the message. */
  readonly what: string
  /** Milliseconds on a machine of usual speed; default 10 s. */
  readonly deadline?: number
  /** Milliseconds between two looks; default 20. */
  readonly every?: number
}

/** The first value of `condition` that is neither false nor undefined; throws when there is none in time. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  {what, deadline = 10_000, every = 20}: Wait,
): Promise<Exclude<T, false | undefined | null>> {
  const limit = scaled(deadline)
  const end = performance.now() + limit
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== null && value !== false)
      return value as Exclude<T, false | undefined | null>
    if (performance.now() > end) throw new Error(`waited ${limit} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
