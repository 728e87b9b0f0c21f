/** The HTTP side of the fake Google APIs, with sockets or without: records every request, and fails those that a test picks. */
import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export type ApiRequest = {
  readonly method: string
  /** Without host and query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  /** From the User-Agent: `gcloud.compute.networks.describe`. */
  readonly command: string
  /** The same for all requests of one gcloud. */
  readonly invocation: string
  /** Milliseconds, monotonic. */
  readonly at: number
}

export type ApiAnswer = {readonly status: number; readonly body: unknown}

export type Fault = {
  readonly matches: (request: ApiRequest) => boolean
  /** How often; default once. */
  times?: number
  /** An answer in place of the true one. `lost`: the change is made, and the connection cut; `cut`: nothing is made; `hang`: no answer. */
  readonly effect: ApiAnswer | 'lost' | 'cut' | 'hang'
}

export type Handler = (request: ApiRequest) => Promise<ApiAnswer> | ApiAnswer

/** As far as the stand-in for gcloud uses the global one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>
type FetchAnswer = {readonly ok: boolean; readonly status: number; json(): Promise<unknown>}
type FetchInit = {
  readonly method: string
  readonly headers: {readonly 'user-agent': string}
  readonly body?: string
  readonly signal?: AbortSignal
}

export class FakeHttp {
  readonly requests: ApiRequest[] = []
  readonly faults: Fault[] = []
  /** Names no host until it has started. */
  url = 'http://fake'
  /** Requests that are never answered, and whose sender still waits. */
  hanging = 0
  /** What a request waits for before it is answered. */
  before: (request: ApiRequest) => Promise<void> = async () => {}
  private readonly server = createServer((message, response) => void this.serve(message, response))

  constructor(private readonly handler: Handler) {}

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    if (!this.server.listening) return
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** A request without a socket. */
  readonly fetch: Fetch = async (url, {method, headers, body = '', signal}) => {
    signal?.throwIfAborted()
    const ending = abortOf(signal)
    try {
      const request = requestOf(method, new URL(url), headers['user-agent'], body)
      return await Promise.race([this.exchange(request, ending.promise), ending.promise])
    } finally {
      ending.forget()
    }
  }

  private async exchange(request: ApiRequest, abort: Promise<never>): Promise<FetchAnswer> {
    const outcome = await this.outcomeOf(request)
    if (outcome === 'cut') throw new TypeError('fetch failed')
    if (outcome === 'hang') return this.hang(abort)
    const text = JSON.stringify(outcome.body)
    const {status} = outcome
    return {ok: status < 300, status, json: async () => JSON.parse(text) as unknown}
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const outcome = await this.outcomeOf(await read(message))
    const {socket} = message
    if (outcome === 'cut') return void socket.destroy()
    if (outcome === 'hang') return this.hang(once(socket, 'close'))
    response.writeHead(outcome.status, {'content-type': 'application/json'})
    response.end(JSON.stringify(outcome.body))
  }

  private async outcomeOf(request: ApiRequest): Promise<ApiAnswer | 'cut' | 'hang'> {
    this.requests.push(request)
    await this.before(request)
    const effect = this.faultFor(request)
    if (effect === 'hang' || effect === 'cut') return effect
    const answer = typeof effect === 'object' ? effect : await this.handler(request)
    return effect === 'lost' ? 'cut' : answer
  }

  /** Until the sender is gone. */
  private async hang<Gone>(gone: Promise<Gone>): Promise<never> {
    this.hanging += 1
    await gone.catch(() => {})
    this.hanging -= 1
    return new Promise(() => {})
  }

  private faultFor(request: ApiRequest): Fault['effect'] | undefined {
    const fault = this.faults.find(({matches, times = 1}) => times > 0 && matches(request))
    if (fault) fault.times = (fault.times ?? 1) - 1
    return fault?.effect
  }
}

async function read(message: IncomingMessage): Promise<ApiRequest> {
  let text = ''
  message.setEncoding('utf8')
  for await (const part of message) text += part as string
  const {method = 'GET', url = '/', headers} = message
  return requestOf(method, new URL(url, 'http://fake'), headers['user-agent'] ?? '', text)
}

function requestOf(method: string, url: URL, agent: string, text: string): ApiRequest {
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    command: /command\/(\S+)/.exec(agent)?.[1] ?? '',
    invocation: /invocation-id\/(\S+)/.exec(agent)?.[1] ?? '',
    at: performance.now(),
  }
}

/** Rejects with the reason of `signal` when that aborts. */
function abortOf(signal: AbortSignal | undefined): {promise: Promise<never>; forget: () => void} {
  let forget = (): void => {}
  const promise = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal?.reason as Error)
    signal?.addEventListener('abort', abort, {once: true})
    forget = () => signal?.removeEventListener('abort', abort)
  })
  return {promise, forget}
}

/** Whether a request is made to change something: some that only ask are POST too. */
export function isChange({method, path}: ApiRequest): boolean {
  return method !== 'GET' && !/\/wait$|:getIamPolicy$|\/listManagedInstances$/.test(path)
}

/** An error as Google's APIs write it. */
export function refusal(status: number, reason: string, message: string): ApiAnswer {
  return {status, body: {error: {code: status, message, errors: [{domain: 'global', reason, message}]}}}
}

export function notFound(path: string): ApiAnswer {
  return refusal(404, 'notFound', `The resource '${path}' was not found`)
}
