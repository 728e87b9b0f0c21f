/** What an API server says when it does not do what it is asked. */
import {ApiFailure, describePlace, type ApiFailureOptions, type Place} from './api-failure.js'
import {PROXY_HINT} from './connection-failure.js'
import {describeAttempt, neededRule, type ResourceRequest} from './resource.js'

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export type ApiStatus = {
  readonly kind?: unknown
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {readonly retryAfterSeconds?: number}
}

export type Refusal = {
  readonly code: number
  /** Undefined where something else than an API server answers. */
  readonly status?: ApiStatus | undefined
  /** Milliseconds. */
  readonly retryAfter?: number | undefined
}

export function answerFailure(refusal: Refusal, attempt: ResourceRequest, place: Place): ApiFailure {
  const {code} = refusal
  const trouble = troubleOf(refusal, attempt, place)
  if (!trouble) return notAnApiServer(`answers ${describeAttempt(attempt)} with HTTP ${code}`, place, code)
  const {message, ...options} = trouble
  const words = refusal.status?.message
  return new ApiFailure(`${describePlace(place)} ${message}${words ? `: ${words}` : ''}`, {
    ...options,
    status: code,
    retryAfter: refusal.retryAfter,
  })
}

type Trouble = ApiFailureOptions & {readonly message: string}

/** Undefined for what no API server would say. */
function troubleOf({code, status}: Refusal, attempt: ResourceRequest, {through}: Place): Trouble | undefined {
  const asked = describeAttempt(attempt)
  if (code === 401) {
    return {
      code: 'api-unauthorized',
      message: 'does not accept the credentials',
      hint: `the token or client certificate has expired or is for another cluster; renew what ${through} gives`,
    }
  }
  if (code === 407) {
    return {
      code: 'api-proxy',
      message: `cannot be reached: the proxy asks for a name and password`,
      hint: PROXY_HINT,
      temporary: true,
    }
  }
  if (code === 403) {
    return {code: 'api-forbidden', message: `does not allow to ${asked}`, hint: neededRule(attempt)}
  }
  if (code === 404 && attempt.resource.group !== '') {
    return {code: 'api-absent', message: `has nothing to ${asked}`}
  }
  if (code === 410) return {code: 'api-gone', message: `no longer knows where to ${asked}`, temporary: true}
  if (code === 429) return {code: 'api-busy', message: `is too busy to ${asked}`, temporary: true}
  if (code >= 500) {
    return {
      code: 'api-error',
      message: `cannot ${asked} (HTTP ${code})`,
      hint: 'kubectl get --raw "/readyz?verbose" says what ails it; without an answer, look at what stands before it',
      temporary: true,
    }
  }
  return status && code !== 404
    ? {code: 'api-error', message: `refuses to ${asked} (HTTP ${code})`}
    : undefined
}

/** `does`: what no API server would do. */
export function notAnApiServer(does: string, place: Place, status?: number): ApiFailure {
  return new ApiFailure(`${describePlace(place)} ${does}: this is no Kubernetes API server`, {
    code: 'not-an-api-server',
    hint: 'check scheme, address, port and path of the URL',
    status,
  })
}

/** Retry-After in milliseconds: seconds, or (RFC 9110) a date. At most five minutes, whatever is asked. */
export function retryAfterOf(
  header: string | undefined,
  status: ApiStatus | undefined,
  now: number,
): number | undefined {
  const seconds = Number(header ?? status?.details?.retryAfterSeconds ?? NaN)
  const wait = Number.isNaN(seconds) ? Date.parse(header ?? '') - now : seconds * 1000
  return wait > 0 ? Math.min(wait, 300_000) : undefined
}
