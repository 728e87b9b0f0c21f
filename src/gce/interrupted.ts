/** The abort reason after SIGINT, SIGTERM or SIGHUP. */

/** Signal numbers: a shell adds 128 for the exit code. At SIGHUP the terminal is gone; gcloud gets that signal too. */
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
