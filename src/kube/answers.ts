/** The answers of an API server, parsed: pages of a list, events of a watch. */
import {ApiFailure, describePlace, type Place} from './api-failure.js'
import {answerFailure, notAnApiServer, retryAfterOf, type ApiStatus} from './answer-failure.js'
import type {Attempt} from './resource.js'

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
  readonly metadata?: {readonly resourceVersion?: string; readonly continue?: string}
  readonly items?: unknown
}

export function parsePage(text: string, place: Place): ListPage {
  const list = parseJson(text) as RawList | undefined
  const resourceVersion = list?.metadata?.resourceVersion
  if (!String(list?.kind).endsWith('List') || typeof resourceVersion !== 'string') {
    throw notAnApiServer(
      `answers with ${list === undefined ? 'a text that is no JSON' : 'JSON that is no list'}`,
      place,
    )
  }
  const items = list?.items ?? []
  if (!Array.isArray(items) || !items.every(isObject)) {
    throw badAnswer('answers with a list that holds something else than objects', place)
  }
  const continueToken = list?.metadata?.continue
  return {items, resourceVersion, ...(continueToken && {continueToken})}
}

/** What can be told from the others by its name, whatever else is wrong with it. */
function isObject(value: unknown): value is ApiObject {
  const {metadata} = (value ?? {}) as {metadata?: {name?: unknown} | null}
  return typeof metadata?.name === 'string'
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
export function parseEvent(line: string, attempt: Attempt, place: Place): WatchEvent {
  const event = parseJson(line) as {type?: unknown; object?: unknown} | undefined
  if (event?.type === 'ERROR') throw errorEvent(event.object ?? {}, attempt, place)
  const type = event?.type
  const object = event?.object as ApiObject | undefined
  const isEvent = typeof type === 'string' && typeof object?.metadata?.resourceVersion === 'string'
  if (!isEvent || (CHANGES.has(type) && !isObject(object))) {
    throw badAnswer('sends something that is no event', place)
  }
  return {type, object}
}

function errorEvent(status: ApiStatus, attempt: Attempt, place: Place): ApiFailure {
  const retryAfter = retryAfterOf(undefined, status, 0)
  return answerFailure({code: status.code ?? 500, status, retryAfter}, attempt, place)
}

/** The Status in a refusal; undefined for anything else. */
export function parseStatus(text: string): ApiStatus | undefined {
  const status = parseJson(text) as ApiStatus | null | undefined
  return status?.kind === 'Status' ? status : undefined
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
