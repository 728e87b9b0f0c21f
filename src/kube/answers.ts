/** The answers of an API server, parsed: pages of a list, events of a watch. */
import {ApiFailure, describePlace, type Place} from './api-failure.js'
import {answerFailure, notAnApiServer, retryAfterOf, type ApiStatus} from './answer-failure.js'
import type {ResourceRequest} from './resource.js'

/** What every object of the API has. */
export type ApiObject = {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion: string
  }
}

export type ListPage = {
  readonly items: readonly ApiObject[]
  readonly resourceVersion: string
  /** Leads to the next page; absent on the last. */
  readonly continueToken?: string
  /** How many items are left out because nothing tells which objects they are. */
  readonly nameless?: number
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export type WatchEvent = {
  /** `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`; whatever comes after them is passed on. */
  readonly type: string
  /** Of a BOOKMARK only the resourceVersion means something. */
  readonly object: ApiObject
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

export function parsePage(text: string, place: Place): ListPage {
  const list = parseJson(text) as RawList | undefined
  const resourceVersion = list?.metadata?.resourceVersion
  const isList = typeof list?.kind === 'string' && list.kind.endsWith('List')
  if (!isList || typeof resourceVersion !== 'string') {
    throw notAnApiServer(
      `answers with ${list === undefined ? 'a text that is no JSON' : 'JSON that is no list'}`,
      place,
    )
  }
  const {items = null} = list
  if (items !== null && !Array.isArray(items))
    throw badAnswer('answers with a list whose items are no list', place)
  const all: readonly unknown[] = items ?? []
  const named = all.filter(isObject)
  const nameless = all.length - named.length
  const continueToken = list.metadata?.continue || undefined
  if (continueToken !== undefined && typeof continueToken !== 'string') {
    throw badAnswer('answers with a page that does not lead to the next', place)
  }
  return {
    items: named,
    resourceVersion,
    ...(continueToken !== undefined && {continueToken}),
    ...(nameless > 0 && {nameless}),
  }
}

/** What can be told from the others by its name, whatever else is wrong with it. */
function isObject(value: unknown): value is ApiObject {
  const {metadata} = (value ?? {}) as {metadata?: Partial<Record<string, unknown>> | null}
  return typeof metadata?.['name'] === 'string' && isTextOrAbsent(metadata['namespace'])
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

/** `date`: the header of that name. */
export function parsePermission(text: string, date: string | undefined, place: Place): Permission {
  const review = parseJson(text) as {status?: {allowed?: unknown}} | null | undefined
  const allowed = review?.status?.allowed
  if (typeof allowed !== 'boolean') throw notAnApiServer('does not say what is allowed', place)
  const serverTime = Date.parse(date ?? '')
  return {allowed, ...(serverTime > 0 && {serverTime})}
}

/** Events about an object; others are about the watch. */
const CHANGES = new Set(['ADDED', 'MODIFIED', 'DELETED'])

/** Throws what an ERROR event says. */
export function parseEvent(line: string, attempt: ResourceRequest, place: Place): WatchEvent {
  const event = parseJson(line) as {type?: unknown; object?: unknown} | undefined
  if (event?.type === 'ERROR') throw errorEvent(event.object, attempt, place)
  const type = event?.type
  const object = event?.object as ApiObject | undefined
  const isEvent = typeof type === 'string' && typeof object?.metadata?.resourceVersion === 'string'
  if (!isEvent || (CHANGES.has(type) && !isObject(object))) {
    throw badAnswer('sends something that is no event', place)
  }
  return {type, object}
}

function errorEvent(object: unknown, attempt: ResourceRequest, place: Place): ApiFailure {
  const status = statusOf(object)
  const retryAfter = retryAfterOf(undefined, status, 0)
  return answerFailure({code: status.code ?? 500, status, retryAfter}, attempt, place)
}

/** As far as it has the types of a Status. */
function statusOf(value: unknown): ApiStatus {
  const {kind, code, reason, message, details} = (value ?? {}) as Partial<Record<string, unknown>>
  const {retryAfterSeconds} = (details ?? {}) as Partial<Record<string, unknown>>
  return {
    ...(typeof kind === 'string' && {kind}),
    ...(typeof code === 'number' && {code}),
    ...(typeof reason === 'string' && {reason}),
    ...(typeof message === 'string' && {message}),
    ...(typeof retryAfterSeconds === 'number' && {details: {retryAfterSeconds}}),
  }
}

/** The Status in a refusal; undefined for anything else. */
export function parseStatus(text: string): ApiStatus | undefined {
  const status = statusOf(parseJson(text))
  return status.kind === 'Status' ? status : undefined
}

export function badAnswer(does: string, place: Place): ApiFailure {
  return new ApiFailure(`${describePlace(place)} ${does}`, {code: 'api-answer', temporary: true})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
