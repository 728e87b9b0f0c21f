/** The health server: `/` for load balancers and autohealing, `/livez` and `/readyz` as Kubernetes components answer them. */
import {once} from 'node:events'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Failure} from '../diagnostics/failure.js'
import type {Check, Checks} from './checks.js'

export type HealthOptions = {
  /** 0 takes any free port. */
  readonly port: number
  /** Absent: every address. */
  readonly address?: string
  readonly checks: () => Checks
}

export type HealthServer = {
  readonly port: number
  close(): Promise<void>
}

/** Resolves when the server answers; rejects with a Failure when the port cannot be had. */
export async function startHealthServer({port, address, checks}: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => answer(request, response, checks))
  server.requestTimeout = 5000
  try {
    server.listen({port, ...(address !== undefined && {host: address})})
    await once(server, 'listening')
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, port)
  }
  return {port: (server.address() as AddressInfo).port, close: () => close(server)}
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this host does not have the address',
}

function cannotListen(error: NodeJS.ErrnoException, port: number): Failure {
  const reason = REASONS[error.code ?? ''] ?? error.message
  return new Failure(`cannot answer health checks on port ${port}: ${reason}`, {
    code: 'health-port',
    hint: 'choose another port with --health-port, or turn health checks off with --health-check=false',
    cause: error,
  })
}

type Answer = {readonly status: number; readonly text: string}

function answer(request: IncomingMessage, response: ServerResponse, checks: () => Checks): void {
  const {status, text} = answerTo(request.method ?? '', request.url ?? '/', checks)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...(status === 405 && {Allow: 'GET, HEAD'}),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function answerTo(method: string, target: string, checks: () => Checks): Answer {
  const [path, query] = target.split('?', 2)
  const verbose = new URLSearchParams(query).has('verbose')
  if (path !== '/' && path !== '/livez' && path !== '/readyz') return {status: 404, text: 'not found\n'}
  if (method !== 'GET' && method !== 'HEAD') return {status: 405, text: 'method not allowed\n'}
  if (path === '/livez') return listed('livez', checks().live, verbose)
  return path === '/readyz' ? listed('readyz', checks().ready, verbose) : health(checks().health)
}

function health(checks: readonly Check[]): Answer {
  const problem = checks.find((check) => check.problem !== undefined)?.problem
  return problem === undefined
    ? {status: 200, text: 'healthy\n'}
    : {status: 503, text: `unhealthy: ${problem}\n`}
}

/** https://kubernetes.io/docs/reference/using-api/health-checks/ */
function listed(name: string, checks: readonly Check[], verbose: boolean): Answer {
  const passed = checks.every(({problem}) => problem === undefined)
  const remarkable = checks.some(({remark}) => remark !== undefined)
  if (passed && !verbose && !remarkable) return {status: 200, text: 'ok\n'}
  const lines = checks.map(lineOf)
  const verdict = `${name} check ${passed ? 'passed' : 'failed'}`
  return {status: passed ? 200 : 503, text: `${[...lines, verdict].join('\n')}\n`}
}

function lineOf({name, problem, remark}: Check): string {
  if (problem !== undefined) return `[-]${name} failed: ${problem}`
  return remark === undefined ? `[+]${name} ok` : `[+]${name} ok: ${remark}`
}
