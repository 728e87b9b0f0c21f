/**
 * A failure is a problem with the environment: NGINX is not installed, a folder is not writable, an API cannot be reached.
 * It is thrown. Its hint says how to fix it, and `temporary` says whether a retry can help.
 */
export type FailureOptions = {
  /** Stable, in kebab case, for logs and tests: `nginx-not-found`. */
  readonly code: string
  /** What the operator can do, as a sentence. */
  readonly hint?: string | undefined
  /** True if the same attempt may succeed later without a change by the operator. */
  readonly temporary?: boolean
  readonly cause?: unknown
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: string
  readonly hint: string | undefined
  readonly temporary: boolean

  constructor(message: string, options: FailureOptions) {
    super(message, {cause: options.cause})
    this.code = options.code
    this.hint = options.hint
    this.temporary = options.temporary ?? false
  }
}

/** A bug that must not stop lbex from serving: it is reported with its stack trace, and the operation is retried. */
export class UnexpectedFailure extends Failure {
  constructor(bug: unknown) {
    super(`this is a bug in lbex: ${messageOf(bug)}`, {
      code: 'unexpected',
      hint: 'please report this with the stack trace; NGINX keeps serving the last good configuration',
      temporary: true,
      cause: bug,
    })
  }
}

/** The stack trace of the bug behind a failure, as a field of a log entry; empty if the failure is not a bug. */
export function stackOf({code, cause}: Failure): {readonly stack?: string} {
  const stack = code === 'unexpected' && cause instanceof Error ? cause.stack : undefined
  return stack === undefined ? {} : {stack}
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
