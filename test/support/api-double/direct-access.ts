/** The objects of the double without HTTP, so that a fake clock is all that a test waits for. */
import type {KubeAccess, ListOptions, ObjectName, WriteRequest} from '../../../src/kube/access.js'
import {answerFailure} from '../../../src/kube/answer-failure.js'
import {
  parseObject,
  parsePage,
  parseStatus,
  type ListPage,
  type RawObject,
} from '../../../src/kube/answers.js'
import {connectionFailure} from '../../../src/kube/connection-failure.js'
import {resourcePath, type ApiResource, type ResourceRequest} from '../../../src/kube/resource.js'
import {answerList} from './answer-list.js'
import {answerObject, type ObjectRequest} from './answer-object.js'
import type {History} from './history.js'
import {targetOf} from './resources.js'
import {internalError, pageNotFound, type Refusal} from './status.js'

const PLACE = {url: new URL('http://double'), through: '--proxy'}

const METHODS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}

/** `lose`: the change is made, and the answer gets lost. */
export type DirectFault = 'error' | 'hang' | 'reset' | 'lose' | Refusal

export class DirectAccess implements Pick<KubeAccess, 'list' | 'get' | 'write' | 'delete'> {
  readonly description = 'the double'
  readonly requests: ResourceRequest[] = []
  fault: ((request: ResourceRequest) => DirectFault | undefined) | undefined

  constructor(readonly history: History) {}

  async list(resource: ApiResource, options: ListOptions, signal: AbortSignal): Promise<ListPage> {
    const {namespace, labelSelector, limit, continueToken} = options
    const query = new URLSearchParams({
      limit: String(limit),
      ...(labelSelector !== undefined && {labelSelector}),
      ...(continueToken !== undefined && {continue: continueToken}),
    })
    const attempt: ResourceRequest = {verb: 'list', resource, namespace}
    const text = await this.ask(attempt, signal, (target) => answerList(this.history, target, query))
    return parsePage(text, PLACE)
  }

  async get(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<RawObject | undefined> {
    return this.object({verb: 'get', resource, ...object}, undefined, signal).catch(unlessNotFound)
  }

  async write(request: WriteRequest, signal: AbortSignal): Promise<RawObject> {
    const {body, contentType, fieldManager, ...attempt} = request
    return this.object(attempt, body, signal, {type: contentType, manager: fieldManager})
  }

  async delete(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<void> {
    await this.object({verb: 'delete', resource, ...object}, undefined, signal).catch(unlessNotFound)
  }

  private async object(
    attempt: ResourceRequest,
    body: object | undefined,
    signal: AbortSignal,
    {type = 'application/merge-patch+json', manager}: Pick<ObjectRequest, 'type' | 'manager'> = {},
  ): Promise<RawObject> {
    const method = METHODS[attempt.verb] ?? 'GET'
    const sent = body === undefined ? '' : JSON.stringify(body)
    const text = await this.ask(attempt, signal, (target) =>
      answerObject(this.history, {method, target, type, manager}, sent),
    )
    return parseObject(text, PLACE)
  }

  private async ask(
    attempt: ResourceRequest,
    signal: AbortSignal,
    answer: (target: NonNullable<ReturnType<typeof targetOf>>) => object,
  ): Promise<string> {
    signal.throwIfAborted()
    this.requests.push(attempt)
    const fault = this.fault?.(attempt)
    await Promise.resolve()
    if (fault === 'hang') await untilAborted(signal)
    signal.throwIfAborted()
    if (fault === 'reset') throw lost()
    const target = targetOf(resourcePath(attempt.resource, attempt))
    const refused = fault === 'error' ? internalError : fault
    const answered = isRefusal(refused) ? refused : target ? answer(target) : pageNotFound
    if (fault === 'lose') throw lost()
    if (!isRefusal(answered)) return JSON.stringify(answered)
    const status = parseStatus(answered.body)
    throw answerFailure({code: answered.code, status}, attempt, PLACE)
  }
}

function isRefusal(value: object | string | undefined): value is Refusal {
  return typeof value === 'object' && 'code' in value && 'body' in value
}

function lost(): Error {
  return connectionFailure(Object.assign(new Error('read ECONNRESET'), {code: 'ECONNRESET'}), PLACE)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), {once: true}))
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Error && 'reason' in error && error.reason === 'NotFound')) throw error
}
