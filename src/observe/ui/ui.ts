/** Answers the requests of the status page and, for other hosts, of the state API. Read only. */
import {createHash} from 'node:crypto'
import {setMaxListeners} from 'node:events'
import type {TrafficNow} from '../../core/state/traffic-state.js'
import {messageOf} from '../../diagnostics/failure.js'
import type {Clock} from '../../util/clock.js'
import type {HttpRequest, HttpResponse} from '../../util/one-request-server.js'
import {answerStateRequest, type StateView} from '../state/state-api.js'
import {parseUiQuery} from './page-query.js'
import {statusPage} from './page.js'
import {parseTemplate, type Template} from './template.js'
import {TREND_PERIOD, Trends} from './trends.js'
import {plain, refuseClient, type ReadToken} from './ui-guard.js'

export type UiOptions = {
  readonly view: StateView
  /** The text of templates/ui.html. */
  readonly template: string
  /** Absent: only clients on this host are answered. */
  readonly readToken?: ReadToken | undefined
  /** Absent, or resolves to undefined, if the traffic is not counted. */
  readonly traffic?: (() => Promise<TrafficNow | undefined>) | undefined
  readonly clock: Clock
}

/** Milliseconds that a request for events waits for a change: less than the health server allows for a connection. */
const HOLD = 4000
/** Milliseconds between two looks. */
const LOOK = 250
/** Milliseconds after which a page is out of date although nothing has changed: it says how long ago things were. */
const AGED = 30_000

/** On all answers: a browser must not guess a type, send the address of the page elsewhere, or show the page in another one. */
const SAFE = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

export class Ui {
  private readonly template: Template
  private readonly trends = new Trends()
  private readonly stopping = new AbortController()
  private looked: {readonly at: number; readonly version: string} | undefined

  constructor(private readonly options: UiOptions) {
    this.template = parseTemplate(options.template)
    // Each request that waits listens; many browsers are no leak.
    setMaxListeners(0, this.stopping.signal)
    void this.sample()
  }

  /** Undefined if the path does not belong to the status page or the state API. */
  answer(request: HttpRequest): Promise<HttpResponse> | undefined {
    const [path = '', query] = request.target.split('?', 2)
    const found = this.answers.get(path)
    return found && this.guarded(request, () => found(new URLSearchParams(query), request))
  }

  /** Ends the requests that wait. */
  close(): void {
    this.stopping.abort()
  }

  private readonly answers = new Map<
    string,
    (parameters: URLSearchParams, request: HttpRequest) => Promise<HttpResponse>
  >([
    ['/ui', (parameters) => this.page(parameters)],
    [
      '/ui/events',
      (parameters, {headers}) => this.events(headers.get('last-event-id') ?? parameters.get('since')),
    ],
    ['/api/v1/state', (_, request) => answerStateRequest(request, this.options.view)],
    ['/api/v1/explain', (_, request) => answerStateRequest(request, this.options.view)],
    ['/debug/state', (_, request) => answerStateRequest(request, this.options.view)],
  ])

  /** A bug in the page must not end lbex. */
  private async guarded(request: HttpRequest, make: () => Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      const {headers, ...answer} =
        (await refuseClient(request, this.options.readToken)) ?? (await allowed(request, make))
      return {...answer, headers: {...headers, ...SAFE}}
    } catch (error) {
      return plain(500, `this is a bug in lbex: ${messageOf(error)}`)
    }
  }

  private async page(parameters: URLSearchParams): Promise<HttpResponse> {
    const version = this.version()
    const state = await this.options.view.state()
    const trendOf = (service?: string) => this.trends.of(service)
    const {status, ...parts} = statusPage({state, query: parseUiQuery(parameters), trendOf})
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': this.template.policy,
    }
    return {status, headers, text: this.template.render({...parts, version})}
  }

  /**
   * Server-sent events: one event as soon as the state differs from `since`, or none after HOLD. Then the answer ends and the
   * browser asks again, so that no client keeps a connection.
   */
  private async events(since: string | null): Promise<HttpResponse> {
    const {clock} = this.options
    const end = clock.monotonic() + HOLD
    const {signal} = this.stopping
    while (this.version() === since && clock.monotonic() < end && !signal.aborted)
      await clock.delay(LOOK, signal)
    const version = this.version()
    const event =
      version === since ? ': no change\n\n' : `id: ${version}\nevent: change\ndata: ${version}\n\n`
    const headers = {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'}
    return {status: 200, headers, text: `retry: 1000\n${event}`}
  }

  /** Of one look, however many requests wait. */
  private version(): string {
    const at = this.options.clock.monotonic()
    if (this.looked && at - this.looked.at < LOOK) return this.looked.version
    const text = `${this.options.view.version()} ${this.trends.version} ${Math.floor(at / AGED)}`
    const version = createHash('sha256').update(text).digest('hex').slice(0, 16)
    this.looked = {at, version}
    return version
  }

  private async sample(): Promise<void> {
    const {traffic, clock} = this.options
    const {signal} = this.stopping
    while (traffic && !signal.aborted) {
      const now = await traffic().catch(() => undefined)
      if (now) this.trends.add(now)
      await clock.delay(TREND_PERIOD, signal)
    }
  }
}

async function allowed({method}: HttpRequest, make: () => Promise<HttpResponse>): Promise<HttpResponse> {
  if (method === 'GET' || method === 'HEAD') return make()
  const {headers, ...answer} = plain(405, 'only GET is allowed')
  return {...answer, headers: {...headers, Allow: 'GET, HEAD'}}
}
