/** Access to an API server over HTTP. Credentials are renewed, and every wait has a limit. */
import type {IncomingMessage} from 'node:http'
import {Failure} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {KubeAccess, ListOptions, ObjectName, WatchOptions, WriteRequest} from './access.js'
import {answerFailure, notAnApiServer, retryAfterOf} from './answer-failure.js'
import {
  badAnswer,
  parseEvent,
  parseObject,
  parsePage,
  parsePermission,
  parseStatus,
  type ListPage,
  type Permission,
  type RawObject,
  type WatchEvent,
} from './answers.js'
import {describeApiServer, type ApiServer} from './api-failure.js'
import {connectionFailure, timeoutFailure} from './connection-failure.js'
import type {CredentialSource} from './credentials.js'
import {Deadline} from './deadline.js'
import {noCredentials, pageTooLarge, silentWatch, unlessNotFound} from './http-access-failures.js'
import {linesOf, textOf} from './lines.js'
import {resourcePath, type ApiResource, type ResourceRequest} from './resource.js'
import {accessReview, ACCESS_REVIEWS} from './access-review.js'
import {send, type ApiRequest} from './send.js'
import type {Session, Sessions} from './session.js'

/** Milliseconds to load credentials, to read a response, and between lines of a watch (bookmarks come every minute after changes). */
const CREDENTIALS_TIMEOUT = 60_000
const BODY_TIMEOUT = 60_000
const IDLE_TIMEOUT = 90_000

/** Bytes. A page is in memory as text and as objects at the same time; a caller can request a smaller one. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024
/** Far more than an API server accepts as one object (3 MiB). */
const MAX_OBJECT_BYTES = 8 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024

/** 202: a deletion that waits for finalizers. */
const ACCEPTED: ReadonlySet<number> = new Set([200, 201, 202])

const UNKNOWN = new URL('http://unknown')

type RequestParts = Pick<ApiRequest, 'query' | 'method' | 'body' | 'contentType'>

const METHODS = {create: 'POST', update: 'PUT', patch: 'PATCH'} as const

export class HttpAccess implements KubeAccess {
  private apiServer: ApiServer

  constructor(
    private readonly source: CredentialSource,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly userAgent: string,
  ) {
    this.apiServer = {url: UNKNOWN, through: source.through}
  }

  /** The address is known once credentials have been loaded. */
  get description(): string {
    return this.apiServer.url === UNKNOWN ? this.source.through : describeApiServer(this.apiServer)
  }

  get server(): URL | undefined {
    return this.apiServer.url === UNKNOWN ? undefined : this.apiServer.url
  }

  async loadCredentials(signal = new AbortController().signal): Promise<void> {
    const deadline = new Deadline(this.clock, signal)
    try {
      await this.session(deadline)
    } finally {
      deadline.end()
    }
  }

  async list(resource: ApiResource, options: ListOptions, signal: AbortSignal): Promise<ListPage> {
    const {namespace, labelSelector, limit, continueToken} = options
    const query = {limit, labelSelector, continue: continueToken}
    const attempt: ResourceRequest = {verb: 'list', resource, namespace}
    return this.withDeadline(signal, async (deadline) => {
      const answer = await this.request(attempt, {query}, deadline)
      return parsePage(await this.pageOf(answer, deadline), this.apiServer)
    })
  }

  async get(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<RawObject | undefined> {
    const attempt: ResourceRequest = {verb: 'get', resource, ...object}
    return this.object(attempt, {query: {}}, signal).catch(unlessNotFound)
  }

  async write(request: WriteRequest, signal: AbortSignal): Promise<RawObject> {
    const {body, contentType = 'application/merge-patch+json', fieldManager, ...attempt} = request
    const method = METHODS[attempt.verb]
    const parts = {query: {fieldManager}, method, body, ...(method === 'PATCH' && {contentType})}
    return this.object(attempt, parts, signal)
  }

  async delete(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<void> {
    const attempt: ResourceRequest = {verb: 'delete', resource, ...object}
    await this.object(attempt, {query: {}, method: 'DELETE'}, signal).catch(unlessNotFound)
  }

  async review(attempt: ResourceRequest, signal: AbortSignal): Promise<Permission> {
    const creating: ResourceRequest = {verb: 'create', resource: ACCESS_REVIEWS}
    return this.withDeadline(signal, async (deadline) => {
      const answer = await this.request(
        creating,
        {query: {}, method: 'POST', body: accessReview(attempt)},
        deadline,
      )
      const text = await this.bodyOf(answer, MAX_ERROR_BYTES, deadline)
      return parsePermission(text, answer.headers.date, this.apiServer)
    })
  }

  async watch(
    resource: ApiResource,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>> {
    const {namespace, name, resourceVersion, timeoutSeconds} = options
    const attempt: ResourceRequest = {verb: 'watch', resource, namespace}
    const fieldSelector = name && `metadata.name=${name}`
    const query = {watch: true, allowWatchBookmarks: true, fieldSelector, resourceVersion, timeoutSeconds}
    const deadline = new Deadline(this.clock, signal)
    try {
      return this.events(await this.request(attempt, {query}, deadline), attempt, deadline)
    } catch (error) {
      deadline.end()
      throw this.explain(error, deadline)
    }
  }

  forgetCredentials(): void {
    this.sessions.expire()
  }

  close(): void {
    this.sessions.close()
  }

  private object(attempt: ResourceRequest, parts: RequestParts, signal: AbortSignal): Promise<RawObject> {
    return this.withDeadline(signal, async (deadline) => {
      const answer = await this.request(attempt, parts, deadline)
      return parseObject(await this.bodyOf(answer, MAX_OBJECT_BYTES, deadline), this.apiServer)
    })
  }

  /** For a response that is read to its end. */
  private async withDeadline<T>(signal: AbortSignal, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.clock, signal)
    try {
      return await work(deadline)
    } catch (error) {
      throw this.explain(error, deadline)
    } finally {
      deadline.end()
    }
  }

  private bodyOf(answer: IncomingMessage, limit: number, deadline: Deadline): Promise<string> {
    deadline.within(BODY_TIMEOUT, () =>
      timeoutFailure(`no complete response within ${BODY_TIMEOUT / 1000} s`, this.apiServer),
    )
    return textOf(answer, limit, false)
  }

  private async pageOf(answer: IncomingMessage, deadline: Deadline): Promise<string> {
    try {
      return await this.bodyOf(answer, MAX_PAGE_BYTES, deadline)
    } catch (error) {
      throw error instanceof RangeError ? pageTooLarge(error, this.apiServer) : error
    }
  }

  private async *events(
    answer: IncomingMessage,
    attempt: ResourceRequest,
    deadline: Deadline,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const listen = (): void =>
      deadline.within(IDLE_TIMEOUT, () => silentWatch(this.description, IDLE_TIMEOUT))
    try {
      listen()
      for await (const line of linesOf(answer)) {
        listen()
        yield parseEvent(line, attempt, this.apiServer)
      }
    } catch (error) {
      throw this.explain(error, deadline)
    } finally {
      deadline.end()
    }
  }

  /** Reloads the credentials after a 401, and retries once if they have changed. */
  private async request(
    attempt: ResourceRequest,
    parts: RequestParts,
    deadline: Deadline,
  ): Promise<IncomingMessage> {
    const path = resourcePath(attempt.resource, attempt)
    const request = {...parts, path, userAgent: this.userAgent}
    const session = await this.session(deadline)
    const answer = await this.send(request, session, deadline)
    if (answer.statusCode === 401)
      deadline.within(CREDENTIALS_TIMEOUT, () => noCredentials(this.source.through, CREDENTIALS_TIMEOUT))
    const renewed = answer.statusCode === 401 ? await deadline.race(this.sessions.renew(session)) : undefined
    if (!renewed) return this.accepted(answer, attempt)
    answer.resume()
    return this.accepted(await this.send(request, renewed, deadline), attempt)
  }

  private async session(deadline: Deadline): Promise<Session> {
    deadline.within(CREDENTIALS_TIMEOUT, () => noCredentials(this.source.through, CREDENTIALS_TIMEOUT))
    const session = await deadline.race(this.sessions.current())
    this.apiServer = {url: session.server, through: this.source.through, proxy: session.proxy}
    return session
  }

  private async send(request: ApiRequest, session: Session, deadline: Deadline): Promise<IncomingMessage> {
    try {
      return await send(request, session, deadline, this.apiServer)
    } catch (error) {
      throw this.broken(error, deadline)
    }
  }

  private async accepted(answer: IncomingMessage, attempt: ResourceRequest): Promise<IncomingMessage> {
    const code = answer.statusCode ?? 0
    if (ACCEPTED.has(code)) return answer
    if (code < 400) throw notAnApiServer(`answers with HTTP ${code}`, this.apiServer, code)
    const status = parseStatus(await textOf(answer, MAX_ERROR_BYTES, true))
    const retryAfter = retryAfterOf(answer.headers['retry-after'], status, this.clock.now())
    throw answerFailure({code, status, retryAfter}, attempt, this.apiServer)
  }

  /** An error that is not about the connection is a bug, and is passed on. */
  private explain(error: unknown, deadline: Deadline): unknown {
    if (deadline.signal.aborted) return deadline.signal.reason
    if (error instanceof RangeError)
      return badAnswer(`sent a response that is too long: ${error.message}`, this.apiServer)
    const isOfConnection = error instanceof Error && 'code' in error && !(error instanceof Failure)
    return isOfConnection ? this.broken(error, deadline) : error
  }

  /** Every error of a connection is a failure of the environment. */
  private broken(error: unknown, {signal}: Deadline): unknown {
    if (signal.aborted) return signal.reason
    const failure = error instanceof Failure ? error : connectionFailure(error, this.apiServer)
    if (!failure.temporary) this.sessions.expire()
    return failure
  }
}
