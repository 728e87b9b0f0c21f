/** The words in which an API server rejects (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). */
import {pluralOf, type Resource, type Target} from './resources.js'

export type Refusal = {
  readonly code: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

function status(code: number, reason: string, message: string, metadata: object = {}): object {
  return {kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, code}
}

export function refusal(code: number, reason: string, message: string, metadata?: object): Refusal {
  return {code, body: JSON.stringify(status(code, reason, message, metadata))}
}

/** A patch that names the uid of an object which was replaced by another one of its name. */
export function otherUid({kind, group}: Resource, name: string, uid: string): Refusal {
  const field = 'metadata.uid'
  const problem = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
  const details = {name, group, kind, causes: [{reason: 'FieldValueInvalid', message: problem, field}]}
  const message = `${kind} ${JSON.stringify(name)} is invalid: ${field}: ${problem}`
  return {code: 422, body: JSON.stringify({...status(422, 'Invalid', message), details})}
}

export const unauthorized = refusal(401, 'Unauthorized', 'Unauthorized')

export function forbidden(verb: string, target: Target): Refusal {
  const {resource, namespace} = target
  const plural = pluralOf(target)
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const what = `cannot ${verb} resource "${plural}" in API group "${resource.group}"`
  return refusal(403, 'Forbidden', `${plural} is forbidden: User "lbex" ${what} ${where}`)
}

/** A path of no known group or version: no Status, but plain text. */
export const pageNotFound: Refusal = {
  code: 404,
  body: '404 page not found\n',
  headers: {'content-type': 'text/plain'},
}

export function busy(seconds: number): Refusal {
  const headers = {'retry-after': String(seconds), 'content-type': 'text/plain'}
  return {code: 429, body: 'Too many requests, please try again later.\n', headers}
}

export const internalError = refusal(
  500,
  'InternalError',
  'Internal error occurred: etcdserver: leader changed',
)

export function tooOldVersion(version: number, oldest: number): object {
  return status(410, 'Expired', `too old resource version: ${version} (${oldest})`)
}

/** `token` leads to the rest of the list, as it is by now. */
export function tooOldToken(token: string): Refusal {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'
  return refusal(410, 'Expired', message, {continue: token})
}

export function tooLargeVersion(version: number, current: number): Refusal {
  return refusal(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${current}`)
}
