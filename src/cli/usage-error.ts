/** The command line or an environment variable is not valid: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}
