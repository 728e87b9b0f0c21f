/**
 * A failure is trouble with the environment: no NGINX, a folder that cannot be written, an API out of reach.
 * It is thrown, carries what to do about it, and says whether trying again can help.
 */
export type FailureOptions = {
  /** Stable, kebab-case, for logs and tests: `nginx-not-found`. */
  readonly code: string
  /** What the operator does about it, as a sentence. */
  readonly hint?: string | undefined
  /** True when the same attempt may succeed later without anybody changing anything. */
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

/** A bug that must not end what is served: it is reported with its stack, and what failed is tried again. */
export class UnexpectedFailure extends Failure {
  constructor(bug: unknown) {
    super(`this is a bug in lbex: ${messageOf(bug)}`, {
      code: 'unexpected',
      hint: 'please report this with the stack; the last good configuration is served meanwhile',
      temporary: true,
      cause: bug,
    })
  }
}

/** The stack of the bug behind a failure, as a field of a log; nothing for a failure of the environment. */
export function stackOf({code, cause}: Failure): {readonly stack?: string} {
  const stack = code === 'unexpected' && cause instanceof Error ? cause.stack : undefined
  return stack === undefined ? {} : {stack}
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
