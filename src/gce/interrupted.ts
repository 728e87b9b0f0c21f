/** Somebody wants it to end: the reason of the signal that all work is given. */

/** By number, which shells add to 128. SIGHUP: the terminal is gone, and gcloud is told too. */
const NUMBERS = {SIGHUP: 1, SIGINT: 2, SIGTERM: 15} as const

export type StopSignal = keyof typeof NUMBERS

export const STOP_SIGNALS = Object.keys(NUMBERS) as readonly StopSignal[]

export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor(readonly signal: StopSignal) {
    super(`interrupted by ${signal}`)
  }

  get exitCode(): number {
    return 128 + NUMBERS[this.signal]
  }
}
