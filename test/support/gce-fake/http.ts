/** The HTTP side of the fake Google APIs: records every request, and fails those that a test picks. */
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

export class FakeHttp {
  readonly requests: ApiRequest[] = []
  readonly faults: Fault[] = []
  url = ''
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
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message)
    this.requests.push(request)
    await this.before(request)
    const effect = this.faultFor(request)
    if (effect === 'hang') return this.hang(message)
    if (effect === 'cut') return void message.socket.destroy()
    const {status, body} = typeof effect === 'object' ? effect : await this.handler(request)
    if (effect === 'lost') return void message.socket.destroy()
    response.writeHead(status, {'content-type': 'application/json'})
    response.end(JSON.stringify(body))
  }

  private hang({socket}: IncomingMessage): void {
    this.hanging += 1
    socket.once('close', () => (this.hanging -= 1))
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
  const url = new URL(message.url ?? '/', 'http://fake')
  const agent = message.headers['user-agent'] ?? ''
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    command: /command\/(\S+)/.exec(agent)?.[1] ?? '',
    invocation: /invocation-id\/(\S+)/.exec(agent)?.[1] ?? '',
    at: performance.now(),
  }
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
