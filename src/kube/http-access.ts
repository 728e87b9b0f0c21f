/** Access to an API server over HTTP, with credentials that are renewed and a limit to all waiting. */
import type {IncomingMessage} from 'node:http'
import {Failure} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {KubeAccess, ListOptions, WatchOptions} from './access.js'
import {answerFailure, notAnApiServer, retryAfterOf} from './answer-failure.js'
import {
  badAnswer,
  parseEvent,
  parsePage,
  parsePermission,
  parseStatus,
  type ListPage,
  type Permission,
  type WatchEvent,
} from './answers.js'
import {ApiFailure, describePlace, type Place} from './api-failure.js'
import {connectionFailure, timeoutFailure} from './connection-failure.js'
import type {CredentialSource} from './credentials.js'
import {Deadline} from './deadline.js'
import {linesOf, textOf} from './lines.js'
import {resourcePath, type ApiResource, type ResourceRequest} from './resource.js'
import {accessReview, ACCESS_REVIEWS} from './access-review.js'
import {send, type Request} from './send.js'
import type {Session, Sessions} from './session.js'

/** Milliseconds: for a plugin that makes credentials, for one page, and between two lines of a watch (bookmarks come each minute, where there is news). */
const TO_AUTHENTICATE = 60_000
const TO_LIST = 60_000
const TO_HEAR = 90_000

/** Whoever asks can ask for fewer objects: a page is held in memory as text and as objects at the same time. */
const LARGEST_PAGE = 64 * 1024 * 1024
const LARGEST_REFUSAL = 64 * 1024

const UNKNOWN = new URL('http://unknown')

type Asked = Pick<Request, 'query' | 'body'>

export class HttpAccess implements KubeAccess {
  private place: Place

  constructor(
    private readonly source: CredentialSource,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly userAgent: string,
  ) {
    this.place = {server: UNKNOWN, through: source.through}
  }

  /** The address is known with the first credentials. */
  get description(): string {
    return this.place.server === UNKNOWN ? this.source.through : describePlace(this.place)
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
    const {namespace, limit, continueToken} = options
    const attempt: ResourceRequest = {verb: 'list', resource, namespace}
    return this.whole(signal, async (deadline) => {
      const answer = await this.ask(attempt, {query: {limit, continue: continueToken}}, deadline)
      return parsePage(await this.pageText(answer, deadline), this.place)
    })
  }

  async review(attempt: ResourceRequest, signal: AbortSignal): Promise<Permission> {
    const creating: ResourceRequest = {verb: 'create', resource: ACCESS_REVIEWS}
    return this.whole(signal, async (deadline) => {
      const answer = await this.ask(creating, {query: {}, body: accessReview(attempt)}, deadline)
      const text = await this.wholeText(answer, LARGEST_REFUSAL, deadline)
      return parsePermission(text, answer.headers.date, this.place)
    })
  }

  async watch(
    resource: ApiResource,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>> {
    const {namespace, resourceVersion, timeoutSeconds} = options
    const attempt: ResourceRequest = {verb: 'watch', resource, namespace}
    const query = {watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds}
    const deadline = new Deadline(this.clock, signal)
    try {
      return this.events(await this.ask(attempt, {query}, deadline), attempt, deadline)
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

  /** For an answer that is read to its end. */
  private async whole<T>(signal: AbortSignal, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.clock, signal)
    try {
      return await work(deadline)
    } catch (error) {
      throw this.explain(error, deadline)
    } finally {
      deadline.end()
    }
  }

  private wholeText(answer: IncomingMessage, limit: number, deadline: Deadline): Promise<string> {
    deadline.within(TO_LIST, () => timeoutFailure(`no whole answer within ${TO_LIST / 1000} s`, this.place))
    return textOf(answer, limit, false)
  }

  private async pageText(answer: IncomingMessage, deadline: Deadline): Promise<string> {
    try {
      return await this.wholeText(answer, LARGEST_PAGE, deadline)
    } catch (error) {
      throw error instanceof RangeError ? pageTooLarge(error, this.place) : error
    }
  }

  private async *events(
    answer: IncomingMessage,
    attempt: ResourceRequest,
    deadline: Deadline,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const listen = (): void => deadline.within(TO_HEAR, () => this.silence())
    try {
      listen()
      for await (const line of linesOf(answer)) {
        listen()
        yield parseEvent(line, attempt, this.place)
      }
    } catch (error) {
      throw this.explain(error, deadline)
    } finally {
      deadline.end()
    }
  }

  private silence(): ApiFailure {
    return new ApiFailure(`${this.description} has said nothing for ${TO_HEAR / 1000} s`, {
      code: 'watch-silent',
      temporary: true,
    })
  }

  /** A refused credential is replaced once, where there is another. */
  private async ask(attempt: ResourceRequest, asked: Asked, deadline: Deadline): Promise<IncomingMessage> {
    const path = resourcePath(attempt.resource, attempt.namespace)
    const request = {...asked, path, userAgent: this.userAgent}
    const session = await this.session(deadline)
    const answer = await this.send(request, session, deadline)
    if (answer.statusCode === 401) deadline.within(TO_AUTHENTICATE, () => noCredentials(this.source.through))
    const renewed = answer.statusCode === 401 ? await deadline.race(this.sessions.renew(session)) : undefined
    if (!renewed) return this.accepted(answer, attempt)
    answer.resume()
    return this.accepted(await this.send(request, renewed, deadline), attempt)
  }

  private async session(deadline: Deadline): Promise<Session> {
    deadline.within(TO_AUTHENTICATE, () => noCredentials(this.source.through))
    const session = await deadline.race(this.sessions.current())
    this.place = {server: session.server, through: this.source.through, proxy: session.proxy}
    return session
  }

  private async send(request: Request, session: Session, deadline: Deadline): Promise<IncomingMessage> {
    try {
      return await send(request, session, deadline, this.place)
    } catch (error) {
      throw this.broken(error, deadline)
    }
  }

  private async accepted(answer: IncomingMessage, attempt: ResourceRequest): Promise<IncomingMessage> {
    const code = answer.statusCode ?? 0
    if (code === 200 || code === 201) return answer
    if (code < 400) throw notAnApiServer(`answers with HTTP ${code}`, this.place, code)
    const status = parseStatus(await textOf(answer, LARGEST_REFUSAL, true))
    const retryAfter = retryAfterOf(answer.headers['retry-after'], status, this.clock.now())
    throw answerFailure({code, status, retryAfter}, attempt, this.place)
  }

  /** What is no trouble of a connection is a bug, and stays what it is. */
  private explain(error: unknown, deadline: Deadline): unknown {
    if (deadline.signal.aborted) return deadline.signal.reason
    if (error instanceof RangeError)
      return badAnswer(`answers at too great length: ${error.message}`, this.place)
    const isOfConnection = error instanceof Error && 'code' in error && !(error instanceof Failure)
    return isOfConnection ? this.broken(error, deadline) : error
  }

  /** Whatever a connection throws is a failure of the environment. */
  private broken(error: unknown, {signal}: Deadline): unknown {
    if (signal.aborted) return signal.reason
    const failure = error instanceof Failure ? error : connectionFailure(error, this.place)
    if (!failure.temporary) this.sessions.expire()
    return failure
  }
}

function pageTooLarge({message}: RangeError, place: Place): ApiFailure {
  return new ApiFailure(`${describePlace(place)} answers at too great length: ${message}`, {
    code: 'api-page-too-large',
    temporary: true,
  })
}

function noCredentials(through: string): Failure {
  return new Failure(`no credentials within ${TO_AUTHENTICATE / 1000} s from ${through}`, {
    code: 'credentials-failed',
    hint: 'run the command that the kubeconfig names under users[].user.exec by hand',
    temporary: true,
  })
}
