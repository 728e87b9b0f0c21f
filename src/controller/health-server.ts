/**
 * The health server: `/` for load balancers and autohealing, `/livez` and `/readyz` as Kubernetes components answer them,
 * `/metrics` for Prometheus. With --ui it also serves the status page.
 */
import {bindErrorOf, describeBindError} from '../diagnostics/bind-error.js'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {HealthCheck, HealthChecks} from './health-checks.js'
import type {ConnectionLimits} from './limit-connections.js'
import {listenHttp, type HttpListener} from './listen-http.js'
import type {HttpRequest, HttpResponse} from '../util/one-request-server.js'

export type HealthOptions = {
  /** 0: any free port. */
  readonly port: number
  /** Default: all addresses. */
  readonly address?: string
  readonly checks: () => HealthChecks
  /** Absent: /metrics answers 404. */
  readonly metrics?: (() => Promise<Page>) | undefined
  /** Answers other paths, or returns undefined. Absent: they answer 404. */
  readonly pages?: ((request: HttpRequest) => Promise<HttpResponse> | undefined) | undefined
  /** Overrides of the default limits. */
  readonly limits?: Partial<ConnectionLimits>
}

export type Page = {
  /** The content type. */
  readonly type: string
  /** A large page is encoded in parts already. */
  readonly text: string | readonly Buffer[]
}

/** Resolves when the server listens; rejects with a Failure if it cannot. */
export async function startHealthServer(options: HealthOptions): Promise<HttpListener> {
  const {port, address, limits} = options
  const handle = (request: HttpRequest): Promise<HttpResponse> => answer(request, options)
  return listenHttp({port, address, limits, handle}).catch((error: unknown) => {
    throw cannotListen(error as NodeJS.ErrnoException, port)
  })
}

function cannotListen(error: NodeJS.ErrnoException, port: number): Failure {
  const reason = describeBindError(bindErrorOf(error.code, error.message))
  return new Failure(`cannot answer health checks on port ${port}: ${reason}`, {
    code: 'health-port',
    hint: 'choose another port with --health-port, or turn health checks off with --health-check=false',
    cause: error,
  })
}

type Answer = Page & {readonly status: number}
type Sources = Pick<HealthOptions, 'checks' | 'metrics'>

async function answer(
  request: HttpRequest,
  {pages, ...sources}: Sources & Pick<HealthOptions, 'pages'>,
): Promise<HttpResponse> {
  return pages?.(request) ?? answerOwn(request, sources)
}

async function answerOwn({method, target}: HttpRequest, sources: Sources): Promise<HttpResponse> {
  const {status, type, text} = await answerTo(method, target, sources)
  const headers = {'Content-Type': type, 'Cache-Control': 'no-store'}
  return {status, text, headers: {...headers, ...(status === 405 && {Allow: 'GET, HEAD'})}}
}

async function answerTo(method: string, target: string, {checks, metrics}: Sources): Promise<Answer> {
  const [path = '', query] = target.split('?', 2)
  const verbose = new URLSearchParams(query).has('verbose')
  const answers = new Map<string, () => Answer | Promise<Answer>>([
    ['/', () => health(checks().health)],
    ['/livez', () => listed('livez', checks().live, verbose)],
    ['/readyz', () => listed('readyz', checks().ready, verbose)],
  ])
  if (metrics) answers.set('/metrics', () => metricsAnswer(metrics))
  const found = answers.get(path)
  if (!found) return plain(404, 'not found\n')
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'method not allowed\n')
  return found()
}

function plain(status: number, text: string): Answer {
  return {status, type: 'text/plain; charset=utf-8', text}
}

/** An error in the metrics must not end lbex. */
async function metricsAnswer(metrics: () => Promise<Page>): Promise<Answer> {
  try {
    return {status: 200, ...(await metrics())}
  } catch (error) {
    return plain(500, `the metrics cannot be rendered: ${messageOf(error)}\n`)
  }
}

function health(checks: readonly HealthCheck[]): Answer {
  const problem = checks.find((check) => check.problem !== undefined)?.problem
  return problem === undefined ? plain(200, 'healthy\n') : plain(503, `unhealthy: ${problem}\n`)
}

/** https://kubernetes.io/docs/reference/using-api/health-checks/ */
function listed(name: string, checks: readonly HealthCheck[], verbose: boolean): Answer {
  const passed = checks.every(({problem}) => problem === undefined)
  const remarkable = checks.some(({remark}) => remark !== undefined)
  if (passed && !verbose && !remarkable) return plain(200, 'ok\n')
  const lines = checks.map(lineOf)
  const verdict = `${name} check ${passed ? 'passed' : 'failed'}`
  return plain(passed ? 200 : 503, `${[...lines, verdict].join('\n')}\n`)
}

function lineOf({name, problem, remark}: HealthCheck): string {
  if (problem !== undefined) return `[-]${name} failed: ${problem}`
  return remark === undefined ? `[+]${name} ok` : `[+]${name} ok: ${remark}`
}
