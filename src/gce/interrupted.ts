/** Somebody wants it to end: the reason of the signal that all work is given. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`)
  }

  /** 128 and the number of the signal, as shells count. */
  get exitCode(): number {
    return this.signal === 'SIGINT' ? 130 : 143
  }
}
