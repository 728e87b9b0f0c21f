/**
 * A small API server on 127.0.0.1: real HTTP, lists with pages, watches with bookmarks, and whatever can go wrong with
 * them. What it has in common with a real one is written down as tests, in contract.ts.
 */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo, Socket} from 'node:net'
import {text} from 'node:stream/consumers'
import {answerList} from './answer-list.js'
import {answerReview, REVIEWS} from './answer-review.js'
import {Watch} from './answer-watch.js'
import {answerObject, type ObjectRequest} from './answer-object.js'
import {Outlet, type Fault} from './faults.js'
import {History, type Manifest, type Stored} from './history.js'
import {pluralOf, targetOf, type Target} from './resources.js'
import {forbidden, pageNotFound, unauthorized, type Refusal} from './status.js'

export type DoubleOptions = {
  /** PEM texts; without them it is plain HTTP. */
  readonly tls?: {readonly key: string; readonly cert: string; readonly ca?: string}
  /** Milliseconds; default a minute. */
  readonly bookmarkEvery?: number
}

export type LoggedRequest = {
  /** `list` is the first page of a list, `page` a later one, `probe` a list of one object, `get` asks for one by its name. */
  readonly verb: 'list' | 'page' | 'probe' | 'get' | 'watch' | 'create' | 'update' | 'patch' | 'delete'
  /** `services`, `services/status`; empty for a path that the double does not know. */
  readonly plural: string
  readonly path: string
  /** What was sent, parsed. */
  readonly body?: unknown
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

export class ApiDouble {
  history = new History()
  /** All requests so far, in their order. */
  readonly requests: LoggedRequest[] = []
  /** Decides for each request whether something goes wrong with it. */
  fault: ((request: LoggedRequest) => Fault | undefined) | undefined
  /** Bearer tokens that are accepted; undefined accepts all. */
  tokens: readonly string[] | undefined
  /** `list nodes`, `watch services`: what is forbidden. */
  readonly forbidden = new Set<string>()
  /** In the same form: all that is allowed; undefined for everything. */
  allowed: ReadonlySet<string> | undefined
  /** Groups that this server does not have. */
  readonly absentGroups = new Set<string>()

  private server: Server | undefined
  private port = 0
  private readonly sockets = new Set<Socket>()
  private readonly watches = new Set<Watch>()

  constructor(private readonly options: DoubleOptions = {}) {}

  get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  get openWatches(): number {
    return this.watches.size
  }

  get connections(): number {
    return this.sockets.size
  }

  /** Listens; after `kill` on the same port as before. */
  async start(): Promise<this> {
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      void this.answer(request, response)
    const {tls} = this.options
    const server = tls
      ? createTlsServer({...tls, requestCert: Boolean(tls.ca)}, answer)
      : createServer(answer)
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    this.port = (server.address() as AddressInfo).port
    this.server = server
    return this
  }

  /** Resets all connections; from now on they are refused. */
  async kill(): Promise<void> {
    const {server} = this
    this.server = undefined
    for (const watch of this.watches) watch.stop()
    for (const socket of this.sockets) socket.resetAndDestroy()
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  }

  /** Another cluster takes the place of this one: no objects, and resource versions that start over. */
  loseHistory(): void {
    this.history = new History()
  }

  /** Creates the object, or replaces the one of its name. */
  put(manifest: Manifest): Stored {
    return this.history.put(manifest)
  }

  remove(manifest: Manifest): void {
    this.history.remove(manifest)
  }

  /** Another object changes, and watches get a bookmark with the new resource version. */
  bookmark(): void {
    this.history.pass()
    for (const watch of this.watches) watch.bookmark()
  }

  /** Ends all watches regularly. */
  endWatches(): void {
    for (const watch of this.watches) watch.end()
  }

  /** Resets all connections, once. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  count(verb: LoggedRequest['verb'], plural: string): number {
    return this.requests.filter((request) => request.verb === verb && request.plural === plural).length
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {pathname: path, searchParams: query} = new URL(request.url ?? '/', this.url)
    const target = targetOf(path)
    const sent = request.method === 'GET' ? '' : await text(request).catch(() => '')
    const logged = {
      verb: verbOf(request, target, query),
      plural: pluralOf(target),
      ...{path, query, headers: request.headers},
      ...(sent !== '' && {body: JSON.parse(sent) as unknown}),
    }
    this.requests.push(logged)
    const fault = this.fault?.(logged)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'reset') return void cutOff(request.socket)
    const refusal = fault?.kind === 'refuse' ? fault.with : this.refuses(request, target, logged)
    if (!fault && refusal !== unauthorized && path === REVIEWS) return this.review(sent, response)
    if (refusal || !target) return refuse(response, refusal ?? pageNotFound)
    if (fault?.kind === 'say') return void response.writeHead(200).end(fault.text)
    const outlet = new Outlet(response, fault)
    if (logged.verb === 'watch') return this.answerWatch(target, query, response, outlet)
    const {method = 'GET'} = request
    const answer = ['list', 'page', 'probe'].includes(logged.verb)
      ? answerList(this.history, target, query)
      : answerObject(this.history, {method, target, ...partsOf(request, query)}, sent)
    if (fault?.kind === 'lose') return void cutOff(request.socket)
    if ('body' in answer) return refuse(response, answer as Refusal)
    response.writeHead(method === 'POST' ? 201 : 200, {'content-type': 'application/json'})
    outlet.end(`${JSON.stringify(answer)}\n`)
  }

  private refuses(
    {headers}: IncomingMessage,
    target: Target | undefined,
    {verb}: LoggedRequest,
  ): Refusal | undefined {
    if (this.tokens && !this.tokens.some((token) => headers.authorization === `Bearer ${token}`))
      return unauthorized
    if (!target || this.absentGroups.has(target.resource.group)) return pageNotFound
    const right = verb === 'page' || verb === 'probe' ? 'list' : verb
    return this.may(`${right} ${pluralOf(target)}`) ? undefined : forbidden(right, target)
  }

  private may(right: string): boolean {
    return !this.forbidden.has(right) && (this.allowed?.has(right) ?? true)
  }

  private review(sent: string, response: ServerResponse): void {
    const answer = answerReview(sent, (right) => this.may(right))
    response.writeHead(201, {'content-type': 'application/json'}).end(JSON.stringify(answer))
  }

  private answerWatch(
    target: Target,
    query: URLSearchParams,
    response: ServerResponse,
    outlet: Outlet,
  ): void {
    const watch = new Watch(this.history, target, query, outlet, () => this.watches.delete(watch))
    this.watches.add(watch)
    response.writeHead(200, {'content-type': 'application/json'})
    response.flushHeaders()
    response.on('close', () => watch.stop())
    watch.start(this.options.bookmarkEvery ?? 60_000)
  }
}

function partsOf(
  {headers}: IncomingMessage,
  query: URLSearchParams,
): Pick<ObjectRequest, 'type' | 'manager'> {
  const manager = query.get('fieldManager') ?? headers['user-agent']?.split('/')[0]
  return {type: headers['content-type'], manager}
}

/** Node resets no connection with TLS. */
function cutOff(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}

const VERBS: Readonly<Record<string, LoggedRequest['verb']>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

function verbOf(
  {method}: IncomingMessage,
  target: Target | undefined,
  query: URLSearchParams,
): LoggedRequest['verb'] {
  if (method !== 'GET') return VERBS[method ?? ''] ?? 'update'
  if (target?.name !== undefined) return 'get'
  if (query.get('watch') === 'true') return 'watch'
  if (query.has('continue')) return 'page'
  return query.get('limit') === '1' ? 'probe' : 'list'
}

function refuse(response: ServerResponse, {code, body, headers}: Refusal): void {
  response.writeHead(code, {'content-type': 'application/json', ...headers}).end(body)
}
