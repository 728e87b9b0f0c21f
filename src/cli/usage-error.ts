/** The command line or the environment asks for something that cannot be: one line, a hint, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}
