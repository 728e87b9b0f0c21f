/** Parses responses of an API server: pages of a list, events of a watch, access reviews. */
import {ApiFailure, describeApiServer, type ApiServer} from './api-failure.js'
import {answerFailure, notAnApiServer, retryAfterOf, type ApiStatus} from './answer-failure.js'
import type {ResourceRequest} from './resource.js'

/** The fields that every object of the API has. */
export type KubeObject = {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion: string
  }
}

/** An object as the API server answers it, of whose fields nothing is known yet. */
export type RawObject = Readonly<Record<string, unknown>>

export type ListPage = {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: string
  /** Token for the next page; absent on the last one. */
  readonly continueToken?: string
  /** Number of items that were skipped because they have no valid name. */
  readonly nameless?: number
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export type WatchEvent = {
  /** `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`; other types are passed on. */
  readonly type: string
  /** For a BOOKMARK, only the resourceVersion is meaningful. */
  readonly object: KubeObject
}

/** The answer to a SelfSubjectAccessReview. */
export type Permission = {
  readonly allowed: boolean
  /** The clock of the server, milliseconds since the epoch. */
  readonly serverTime?: number
}

type RawList = {
  readonly kind?: unknown
  readonly metadata?: {readonly resourceVersion?: unknown; readonly continue?: unknown} | null
  readonly items?: unknown
}

export function parsePage(text: string, apiServer: ApiServer): ListPage {
  const list = parseJson(text) as RawList | undefined
  const resourceVersion = list?.metadata?.resourceVersion
  const isList = typeof list?.kind === 'string' && list.kind.endsWith('List')
  if (!isList || typeof resourceVersion !== 'string') {
    throw notAnApiServer(
      `answers with ${list === undefined ? 'text that is not JSON' : 'JSON that is not a list'}`,
      apiServer,
    )
  }
  const {items = null} = list
  if (items !== null && !Array.isArray(items))
    throw badAnswer('answers with a list whose items are not an array', apiServer)
  const all: readonly unknown[] = items ?? []
  const named = all.filter(isObject)
  const nameless = all.length - named.length
  const continueToken = list.metadata?.continue || undefined
  if (continueToken !== undefined && typeof continueToken !== 'string') {
    throw badAnswer('answers with a page whose continue token is not a string', apiServer)
  }
  return {
    items: named,
    resourceVersion,
    ...(continueToken !== undefined && {continueToken}),
    ...(nameless > 0 && {nameless}),
  }
}

/** The answer to a request for one object, or for a change of one. */
export function parseObject(text: string, apiServer: ApiServer): RawObject {
  const object = parseJson(text) as RawObject | null | undefined
  if (typeof object?.['kind'] !== 'string')
    throw notAnApiServer('answers with something that is not an API object', apiServer)
  return object
}

/** True if the object has a valid name and namespace, so that it can be identified. */
function isObject(value: unknown): value is KubeObject {
  const {metadata} = (value ?? {}) as {metadata?: Partial<Record<string, unknown>> | null}
  return typeof metadata?.['name'] === 'string' && isTextOrAbsent(metadata['namespace'])
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

/** `date`: the header of that name. */
export function parsePermission(text: string, date: string | undefined, apiServer: ApiServer): Permission {
  const review = parseJson(text) as {status?: {allowed?: unknown}} | null | undefined
  const allowed = review?.status?.allowed
  if (typeof allowed !== 'boolean')
    throw notAnApiServer('does not say whether the request is allowed', apiServer)
  const serverTime = Date.parse(date ?? '')
  return {allowed, ...(serverTime > 0 && {serverTime})}
}

/** Types of events about an object; others are about the watch. */
const CHANGES = new Set(['ADDED', 'MODIFIED', 'DELETED'])

/** Throws the Failure that an ERROR event describes. */
export function parseEvent(line: string, attempt: ResourceRequest, apiServer: ApiServer): WatchEvent {
  const event = parseJson(line) as {type?: unknown; object?: unknown} | undefined
  if (event?.type === 'ERROR') throw errorEvent(event.object, attempt, apiServer)
  const type = event?.type
  const object = event?.object as KubeObject | undefined
  const isEvent = typeof type === 'string' && typeof object?.metadata?.resourceVersion === 'string'
  if (!isEvent || (CHANGES.has(type) && !isObject(object))) {
    throw badAnswer('sends a line that is not a watch event', apiServer)
  }
  return {type, object}
}

function errorEvent(object: unknown, attempt: ResourceRequest, apiServer: ApiServer): ApiFailure {
  const status = statusOf(object)
  const retryAfter = retryAfterOf(undefined, status, 0)
  return answerFailure({code: status.code ?? 500, status, retryAfter}, attempt, apiServer)
}

/** Keeps the fields that have the types of a Status. */
function statusOf(value: unknown): ApiStatus {
  const {kind, code, reason, message, details} = (value ?? {}) as Partial<Record<string, unknown>>
  const about = detailsOf(details ?? {})
  return {
    ...(typeof kind === 'string' && {kind}),
    ...(typeof code === 'number' && {code}),
    ...(typeof reason === 'string' && {reason}),
    ...(typeof message === 'string' && {message}),
    ...(Object.keys(about).length > 0 && {details: about}),
  }
}

function detailsOf({retryAfterSeconds, kind, causes}: Partial<Record<string, unknown>>): object {
  const [reasons, fields] = [textsIn(causes, 'reason'), textsIn(causes, 'field')]
  return {
    ...(typeof retryAfterSeconds === 'number' && {retryAfterSeconds}),
    ...(typeof kind === 'string' && {kind}),
    ...(reasons.length > 0 && {causes: reasons}),
    ...(fields.length > 0 && {fields}),
  }
}

function textsIn(causes: unknown, key: string): string[] {
  const all: readonly unknown[] = Array.isArray(causes) ? causes : []
  const values = all.map((cause) => (cause as Readonly<Record<string, unknown>> | null)?.[key])
  return values.filter((value) => typeof value === 'string')
}

/** The Status in an error response; undefined for anything else. */
export function parseStatus(text: string): ApiStatus | undefined {
  const status = statusOf(parseJson(text))
  return status.kind === 'Status' ? status : undefined
}

export function badAnswer(does: string, apiServer: ApiServer): ApiFailure {
  return new ApiFailure(`${describeApiServer(apiServer)} ${does}`, {code: 'api-answer', temporary: true})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
