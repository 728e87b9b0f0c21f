import {Failure, type FailureOptions} from '../diagnostics/failure.js'

export type ApiFailureOptions = FailureOptions & {
  /** Of the answer; absent when there was none. */
  readonly status?: number | undefined
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number | undefined
}

/** Trouble with an API server. */
export class ApiFailure extends Failure {
  readonly status: number | undefined
  readonly retryAfter: number | undefined

  constructor(message: string, options: ApiFailureOptions) {
    super(message, options)
    this.status = options.status
    this.retryAfter = options.retryAfter
  }
}

/** The API server in words, for the messages of all failures: its address, and what led there. */
export type Place = {
  readonly server: URL
  /** `--proxy`, `--kubeconfig PATH, context NAME` or `the service account of the Pod`. */
  readonly through: string
}

/** Without what a URL may hold of a password. */
export function describePlace({server, through}: Place): string {
  return `the API server at ${server.origin}${server.pathname.replace(/\/$/, '')} (${through})`
}
