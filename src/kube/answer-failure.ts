/** Converts error responses of an API server to failures. */
import {ApiFailure, describeApiServer, type ApiFailureOptions, type ApiServer} from './api-failure.js'
import {PROXY_HINT} from './connection-failure.js'
import {describeAttempt, neededRule, type ResourceRequest} from './resource.js'

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export type ApiStatus = {
  readonly kind?: unknown
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly retryAfterSeconds?: number
    /** Of the object that the answer is about, in the plural. */
    readonly kind?: string
    /** The reasons of the causes. */
    readonly causes?: readonly string[]
    /** The fields that the causes name. */
    readonly fields?: readonly string[]
  }
}

export type ErrorResponse = {
  readonly code: number
  /** Undefined if the response is not from an API server. */
  readonly status?: ApiStatus | undefined
  /** Milliseconds. */
  readonly retryAfter?: number | undefined
}

export function answerFailure(
  response: ErrorResponse,
  attempt: ResourceRequest,
  apiServer: ApiServer,
): ApiFailure {
  const {code} = response
  const parts = failureParts(response, attempt, apiServer)
  if (!parts) return notAnApiServer(`answers ${describeAttempt(attempt)} with HTTP ${code}`, apiServer, code)
  const {message, ...options} = parts
  const words = response.status?.message
  return new ApiFailure(`${describeApiServer(apiServer)} ${message}${words ? `: ${words}` : ''}`, {
    ...options,
    status: code,
    reason: response.status?.reason,
    answer: words,
    retryAfter: response.retryAfter,
  })
}

type FailureParts = ApiFailureOptions & {readonly message: string}

/** Undefined for a response that no API server gives. */
function failureParts(
  {code, status}: ErrorResponse,
  attempt: ResourceRequest,
  {through}: ApiServer,
): FailureParts | undefined {
  const asked = describeAttempt(attempt)
  const known =
    credentialsParts(code, through) ?? namespaceParts(status, attempt) ?? conflictParts(code, status, asked)
  if (known) return known
  if (code === 403) {
    return {code: 'api-forbidden', message: `does not allow lbex to ${asked}`, hint: neededRule(attempt)}
  }
  if (code === 404 && (attempt.resource.group !== '' || (status && attempt.name !== undefined))) {
    return {
      code: 'api-absent',
      message: `cannot ${asked}: ${attempt.name === undefined ? 'it does not have this resource' : 'the object does not exist'}`,
    }
  }
  if (code === 410)
    return {
      code: 'api-gone',
      message: `cannot ${asked} from this resource version: it has expired`,
      temporary: true,
    }
  if (code === 429) return {code: 'api-busy', message: `is too busy to ${asked}`, temporary: true}
  if (code >= 500) {
    return {
      code: 'api-error',
      message: `cannot ${asked} (HTTP ${code})`,
      hint: 'kubectl get --raw "/readyz?verbose" shows which check fails; if it gets no answer, check the load balancer or proxy in front of the API server',
      temporary: true,
    }
  }
  return status && code !== 404
    ? {code: 'api-error', message: `refuses to ${asked} (HTTP ${code})`}
    : undefined
}

/** The object has changed since it was read. To the API server, a patch with the uid of an older object is invalid. */
function conflictParts(code: number, status: ApiStatus | undefined, asked: string): FailureParts | undefined {
  if (code === 409 && status)
    return {code: 'api-conflict', message: `cannot ${asked} because of a conflict`, temporary: true}
  if (code !== 422 || !status?.details?.fields?.includes('metadata.uid')) return undefined
  const message = `cannot ${asked}: the object was replaced by another one of its name`
  return {code: 'api-conflict', message, temporary: true}
}

/** An object cannot be created because of its namespace, whatever the rights are. */
function namespaceParts(status: ApiStatus | undefined, attempt: ResourceRequest): FailureParts | undefined {
  const {verb, namespace} = attempt
  const {kind, causes = []} = status?.details ?? {}
  if (verb !== 'create' || namespace === undefined) return undefined
  const asked = describeAttempt(attempt)
  if (causes.includes('NamespaceTerminating'))
    return {code: 'api-absent', message: `cannot ${asked}: the namespace is being deleted`}
  if (kind !== 'namespaces' || status?.code !== 404) return undefined
  return {
    code: 'api-absent',
    message: `cannot ${asked}: the namespace does not exist`,
    hint: `create the namespace ${namespace}`,
  }
}

/** The API server rejects the credentials, or the proxy requires some. */
function credentialsParts(code: number, through: string): FailureParts | undefined {
  if (code === 401) {
    return {
      code: 'api-unauthorized',
      message: 'does not accept the credentials',
      hint: `the token or client certificate has expired or is for another cluster; renew the credentials of ${through}`,
    }
  }
  if (code === 407) {
    return {
      code: 'api-proxy',
      message: `cannot be reached: the proxy requires a user name and password`,
      hint: PROXY_HINT,
      temporary: true,
    }
  }
  return undefined
}

/** `does`: the predicate of the message. */
export function notAnApiServer(does: string, apiServer: ApiServer, status?: number): ApiFailure {
  return new ApiFailure(`${describeApiServer(apiServer)} ${does}: this is not a Kubernetes API server`, {
    code: 'not-an-api-server',
    hint: 'check the scheme, address, port and path of the URL',
    status,
  })
}

/** Retry-After (seconds, or a date as in RFC 9110) in milliseconds, at most five minutes. */
export function retryAfterOf(
  header: string | undefined,
  status: ApiStatus | undefined,
  now: number,
): number | undefined {
  const seconds = Number(header ?? status?.details?.retryAfterSeconds ?? NaN)
  const wait = Number.isNaN(seconds) ? Date.parse(header ?? '') - now : seconds * 1000
  return wait > 0 ? Math.min(wait, 300_000) : undefined
}
