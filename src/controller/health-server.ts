/**
 * The health server: `/` for load balancers and autohealing, `/livez` and `/readyz` as Kubernetes components answer them,
 * `/metrics` for Prometheus.
 */
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {bindErrorOf, describeBindError} from '../diagnostics/bind-error.js'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Check, Checks} from './checks.js'
import {limitConnections, type ConnectionLimits} from './limit-connections.js'
import {createOneRequestServer, type Request, type Response} from './one-request-server.js'

export type HealthOptions = {
  /** 0 takes any free port. */
  readonly port: number
  /** Absent: every address. */
  readonly address?: string
  readonly checks: () => Checks
  /** Absent: there are none. */
  readonly metrics?: (() => Promise<Page>) | undefined
  /** Others than the usual ones. */
  readonly limits?: Partial<ConnectionLimits>
}

export type Page = {
  /** Its content type. */
  readonly type: string
  readonly text: string
}

export type HealthServer = {
  readonly port: number
  close(): Promise<void>
}

/** Few, because lbex needs its descriptors for other things; enough for all probes and scrapes of a network at once. */
const LIMITS: ConnectionLimits = {local: 64, remote: 256, lifetime: 5000}

/** A burst of connections waits here until they are accepted. If it is full, the clients try again after a second. */
const BACKLOG = 4096

/** Resolves when the server answers; rejects with a Failure when the port cannot be had. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const {port, address, limits} = options
  const {server, close} = createOneRequestServer((request) => answer(request, options))
  limitConnections(server, {...LIMITS, ...limits})
  try {
    server.listen({port, backlog: BACKLOG, ...(address !== undefined && {host: address})})
    await once(server, 'listening')
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, port)
  }
  // A connection could not be accepted, for example when the host is out of descriptors: the client tries again.
  server.on('error', () => {})
  return {port: (server.address() as AddressInfo).port, close}
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

async function answer({method, target}: Request, sources: Sources): Promise<Response> {
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
  if (metrics) answers.set('/metrics', () => measured(metrics))
  const found = answers.get(path)
  if (!found) return plain(404, 'not found\n')
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'method not allowed\n')
  return found()
}

function plain(status: number, text: string): Answer {
  return {status, type: 'text/plain; charset=utf-8', text}
}

/** A bug in what is told about lbex is no reason to end it. */
async function measured(metrics: () => Promise<Page>): Promise<Answer> {
  try {
    return {status: 200, ...(await metrics())}
  } catch (error) {
    return plain(500, `the metrics cannot be told: ${messageOf(error)}\n`)
  }
}

function health(checks: readonly Check[]): Answer {
  const problem = checks.find((check) => check.problem !== undefined)?.problem
  return problem === undefined ? plain(200, 'healthy\n') : plain(503, `unhealthy: ${problem}\n`)
}

/** https://kubernetes.io/docs/reference/using-api/health-checks/ */
function listed(name: string, checks: readonly Check[], verbose: boolean): Answer {
  const passed = checks.every(({problem}) => problem === undefined)
  const remarkable = checks.some(({remark}) => remark !== undefined)
  if (passed && !verbose && !remarkable) return plain(200, 'ok\n')
  const lines = checks.map(lineOf)
  const verdict = `${name} check ${passed ? 'passed' : 'failed'}`
  return plain(passed ? 200 : 503, `${[...lines, verdict].join('\n')}\n`)
}

function lineOf({name, problem, remark}: Check): string {
  if (problem !== undefined) return `[-]${name} failed: ${problem}`
  return remark === undefined ? `[+]${name} ok` : `[+]${name} ok: ${remark}`
}
