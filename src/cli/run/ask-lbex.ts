/** Asks the lbex that serves from --nginx-dir, over its unix socket. */
import {existsSync} from 'node:fs'
import {DEBUG_VERSION} from '../../core/state/debug-state.js'
import {STATE_VERSION, type LbexState} from '../../core/state/lbex-state.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {stateSocketIn} from '../../observe/state/state-socket.js'
import type {Explained} from '../../report/explained.js'
import {getFromSocket, type SocketResponse} from '../../util/get-from-socket.js'
import {UsageError} from '../usage-error.js'
import {SYSTEM_DIRECTORY} from './nginx-directory.js'

/** Milliseconds: lbex may be busy with thousands of Services. */
const PATIENCE = 10_000

/** The code of the Failure if no lbex serves from the folder. */
export const NOT_RUNNING = 'lbex-not-running'

/** The Services to ask for; default: all. */
export type WantedServices = {
  /** NAME or NAMESPACE/NAME. */
  readonly names?: readonly string[]
  readonly namespaces?: readonly string[]
  /** A label selector. */
  readonly selector?: string | undefined
  /** Milliseconds that a page may take; default: 10,000. */
  readonly limit?: number
}

/**
 * The state of the lbex that serves from `directory`, with the Services that are wanted. Rejects with a Failure:
 * `lbex-not-running`, `lbex-not-allowed`, `lbex-no-answer` (also if a page takes too long), or `lbex-other-version` if it answers in
 * a form that this lbex does not know.
 */
export async function askState(directory: string, wanted: WantedServices = {}): Promise<LbexState> {
  const {limit = PATIENCE} = wanted
  const page = async (from?: string) => (await ask(directory, targetOf(wanted, from), {limit})) as LbexState
  const first = await page()
  const services = [...first.services]
  for (let from = first.continue; from !== undefined;) {
    const next = await page(from)
    services.push(...next.services)
    from = next.continue
  }
  const {continue: _, ...state} = first
  return {...state, services}
}

/** lbex reads no longer request: if there are so many names, the caller gets other Services too. */
const LONGEST_TARGET = 6000

function targetOf({names = [], namespaces = [], selector}: WantedServices, from: string | undefined): string {
  const page = new URLSearchParams(from === undefined ? {} : {continue: from})
  const some = new URLSearchParams(page)
  for (const name of names) some.append('service', name)
  for (const namespace of namespaces) some.append('namespace', namespace)
  if (selector !== undefined) some.append('labelSelector', selector)
  const query = String(some).length > LONGEST_TARGET ? page : some
  return query.size === 0 ? '/api/v1/state' : `/api/v1/state?${query.toString()}`
}

/** The debug state as a JSON value. Rejects as askState does. */
export function askDebugState(directory: string): Promise<unknown> {
  return ask(directory, '/debug/state', {version: DEBUG_VERSION})
}

/** The metrics in the Prometheus text format. Rejects as askState does. */
export async function askMetrics(directory: string): Promise<string> {
  const {status, text} = await request(directory, '/metrics', PATIENCE)
  if (status === 200) return text
  const {error} = parse(text)
  throw noAnswer(directory, typeof error === 'string' ? error : `it answers /metrics with status ${status}`)
}

/** As askState; rejects with a UsageError if no Service has the name. */
export async function askExplained(directory: string, service: string): Promise<Explained> {
  return (await ask(directory, `/api/v1/explain?service=${encodeURIComponent(service)}`)) as Explained
}

type Asking = {
  /** Milliseconds. */
  readonly limit?: number
  /** The version of the answer that this lbex knows. */
  readonly version?: number
}

async function ask(
  directory: string,
  target: string,
  {limit = PATIENCE, version = STATE_VERSION}: Asking = {},
): Promise<unknown> {
  const {status, text} = await request(directory, target, limit)
  const value = parse(text)
  if (status === 404 && typeof value['error'] === 'string' && target.startsWith('/api/v1/explain?'))
    throw new UsageError(value['error'])
  if (status === 200 && value['version'] === version) return value
  if (typeof value['error'] === 'string') throw noAnswer(directory, value['error'])
  throw new Failure(`the lbex that serves from ${directory} gives an answer that this lbex does not know`, {
    code: 'lbex-other-version',
    hint: 'use the version of lbex that runs there, or restart it with this version',
  })
}

async function request(directory: string, target: string, limit: number): Promise<SocketResponse> {
  try {
    return await getFromSocket(stateSocketIn(directory), target, limit)
  } catch (error) {
    throw failureOf(error as NodeJS.ErrnoException, directory, limit)
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

function failureOf(cause: NodeJS.ErrnoException, directory: string, limit: number): Failure {
  const {code = ''} = cause
  if (['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(code))
    return new Failure(`no lbex run serves from ${directory}`, {
      code: NOT_RUNNING,
      hint: placesToLook(directory),
      cause,
    })
  if (['EACCES', 'EPERM'].includes(code))
    return new Failure(`this user may not ask the lbex that serves from ${directory}`, {
      code: 'lbex-not-allowed',
      hint: 'use the user that lbex run runs as, or root: with sudo',
      cause,
    })
  const why = code === 'ABORT_ERR' ? `it did not answer within ${limit / 1000} seconds` : messageOf(cause)
  return noAnswer(directory, why, cause)
}

function noAnswer(directory: string, why: string, cause?: unknown): Failure {
  return new Failure(`the lbex that serves from ${directory} gives no answer: ${why}`, {
    code: 'lbex-no-answer',
    hint: 'its log may say why; lbex doctor checks this host',
    temporary: true,
    cause,
  })
}

function placesToLook(directory: string): string {
  if (directory !== SYSTEM_DIRECTORY && existsSync(SYSTEM_DIRECTORY))
    return `an lbex of this host may serve from ${SYSTEM_DIRECTORY}: add --nginx-dir ${SYSTEM_DIRECTORY}, with sudo if needed`
  return 'start it with lbex run, or name its folder with --nginx-dir; with --kubeconfig or -f, lbex status and lbex explain show what it would serve'
}
