import {Failure, type FailureOptions} from '../diagnostics/failure.js'
import {describeProxy} from './proxy.js'

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

const UNANSWERED: ReadonlySet<string> = new Set([
  'api-dns',
  'api-proxy',
  'api-refused',
  'api-connection',
  'api-timeout',
  'credentials-failed',
])

/** What a balancer or proxy says for an API server that it cannot reach. */
const ITS_PROXY_SAYS: readonly unknown[] = [502, 503, 504]

/** True where the API server was out of reach, for us or for whoever asks for us, and nobody asked to wait. */
export function isUnanswered(failure: Failure | undefined): boolean {
  if (failure === undefined) return false
  if (UNANSWERED.has(failure.code)) return true
  return (
    failure instanceof ApiFailure &&
    failure.retryAfter === undefined &&
    ITS_PROXY_SAYS.includes(failure.status)
  )
}

/** The API server in words, for the messages of all failures: its address, and what led there. */
export type Place = {
  readonly server: URL
  /** `--proxy`, `--kubeconfig PATH, context NAME` or `the service account of the Pod`. */
  readonly through: string
  /** What all connections go through. */
  readonly proxy?: URL | undefined
}

/** Without what a URL may hold of a password. */
export function describePlace({server, through, proxy}: Place): string {
  const way = proxy ? `${through}, through the proxy ${describeProxy(proxy)}` : through
  return `the API server at ${server.origin}${server.pathname.replace(/\/$/, '')} (${way})`
}
