/** Answers the requests of the state API. Read only. */
import type {DebugState} from '../../core/state/debug-state.js'
import type {LbexState} from '../../core/state/lbex-state.js'
import type {HttpRequest, HttpResponse} from '../../util/one-request-server.js'
import {parsePageQuery, statePage} from './state-page.js'

/** `type`: the content type. */
export type MetricsPage = {readonly type: string; readonly text: string | readonly Buffer[]}

export type StateView = {
  /** The state now, with all Services. */
  readonly state: () => LbexState | Promise<LbexState>
  /** Why the Service NAME or NAMESPACE/NAME is or is not served, as a JSON value; a sentence if there is no such Service. */
  readonly explain: (service: string) => {readonly value: unknown} | {readonly problem: string}
  readonly debug: () => DebugState
  /** The page of /metrics; absent without metrics. */
  readonly metrics?: () => Promise<MetricsPage>
  /** Another text if the state differs, without the traffic. */
  readonly version: () => string
}

/** The part of StateView that the state API uses. */
export type StateAnswers = Pick<StateView, 'state' | 'explain' | 'debug' | 'metrics'>

/**
 * `/api/v1/state`: see statePage. `/api/v1/explain?service=NAMESPACE/NAME`: the decision path of one Service. `/debug/state`: what
 * lbex does and waits for. `/metrics`: as on the health port.
 */
export async function answerStateRequest(
  {method, target}: Pick<HttpRequest, 'method' | 'target'>,
  view: StateAnswers,
): Promise<HttpResponse> {
  const {pathname, searchParams} = new URL(target, 'http://lbex')
  const answer = ANSWERS.get(pathname)
  if (!answer) return problem(404, `unknown path; the paths are ${[...ANSWERS.keys()].join(', ')}`)
  if (method !== 'GET' && method !== 'HEAD') return problem(405, 'only GET is allowed')
  return answer(searchParams, view)
}

type Answer = (parameters: URLSearchParams, view: StateAnswers) => HttpResponse | Promise<HttpResponse>

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/api/v1/state', answerState],
  ['/api/v1/explain', answerExplain],
  ['/debug/state', (_, view) => json(200, view.debug())],
  ['/metrics', answerMetrics],
])

async function answerState(parameters: URLSearchParams, view: StateAnswers): Promise<HttpResponse> {
  const query = parsePageQuery(parameters)
  return typeof query === 'string' ? problem(400, query) : json(200, statePage(await view.state(), query))
}

function answerExplain(parameters: URLSearchParams, view: StateAnswers): HttpResponse {
  const service = parameters.get('service')
  if (service === null) return problem(400, 'the parameter service is missing')
  const found = view.explain(service)
  return 'value' in found ? json(200, found.value) : problem(404, found.problem)
}

async function answerMetrics(_: URLSearchParams, {metrics}: StateAnswers): Promise<HttpResponse> {
  if (!metrics) return problem(404, 'this lbex has no metrics, because it has no health server')
  const {type, text} = await metrics()
  return {status: 200, headers: {'Content-Type': type, 'Cache-Control': 'no-store'}, text}
}

function problem(status: number, error: string): HttpResponse {
  return json(status, {error})
}

function json(status: number, value: unknown): HttpResponse {
  const headers = {'Content-Type': 'application/json', 'Cache-Control': 'no-store'}
  return {status, headers, text: `${JSON.stringify(value)}\n`}
}
