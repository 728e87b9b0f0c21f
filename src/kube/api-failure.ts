import {Failure, type FailureOptions} from '../diagnostics/failure.js'
import {describeProxy} from './proxy.js'

export type ApiFailureOptions = FailureOptions & {
  /** HTTP status of the response; absent if there was none. */
  readonly status?: number | undefined
  /** Of the Status in the answer, such as `NotFound` or `AlreadyExists`. */
  readonly reason?: string | undefined
  /** The message of the Status in the answer: the words of the API server alone. */
  readonly answer?: string | undefined
  /** Milliseconds from Retry-After. */
  readonly retryAfter?: number | undefined
}

/** A failure of a request to an API server. */
export class ApiFailure extends Failure {
  readonly status: number | undefined
  readonly reason: string | undefined
  readonly answer: string | undefined
  readonly retryAfter: number | undefined

  constructor(message: string, options: ApiFailureOptions) {
    super(message, options)
    this.status = options.status
    this.reason = options.reason
    this.answer = options.answer
    this.retryAfter = options.retryAfter
  }
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'api-dns',
  'api-proxy',
  'api-refused',
  'api-connection',
  'api-timeout',
  'credentials-failed',
])

/** HTTP statuses of a load balancer or proxy that cannot reach the API server. */
const GATEWAY_ERRORS: readonly unknown[] = [502, 503, 504]

/** True if lbex, or the load balancer or proxy in between, could not reach the API server, and there is no Retry-After. */
export function isUnreachable(failure: Failure | undefined): boolean {
  if (failure === undefined) return false
  if (UNREACHABLE.has(failure.code)) return true
  return (
    failure instanceof ApiFailure &&
    failure.retryAfter === undefined &&
    GATEWAY_ERRORS.includes(failure.status)
  )
}

/** The API server as messages name it: its address, and how the user configured the access. */
export type ApiServer = {
  readonly url: URL
  /** `--proxy`, `--kubeconfig PATH, context NAME` or `the service account of the Pod`. */
  readonly through: string
  /** Proxy for all connections. */
  readonly proxy?: URL | undefined
}

/** Without a password that the URL may contain. */
export function describeApiServer({url, through, proxy}: ApiServer): string {
  const way = proxy ? `${through}, through the proxy ${describeProxy(proxy)}` : through
  return `the API server at ${url.origin}${url.pathname.replace(/\/$/, '')} (${way})`
}
