/**
 * One reload, and the proof of it. An exit code proves nothing: NGINX says yes to a reload and keeps its old configuration
 * whole when another process holds a port. It is done when every worker from before is gone or leaving, and the ones that
 * are there answer with the generation that was asked for.
 */
import {Failure} from '../../../diagnostics/failure.js'
import type {Clock} from '../../../util/clock.js'
import {isRetried, parseComplaint, type Complaint} from './complaint.js'
import type {ErrorLog} from './error-log.js'
import type {Master} from './master.js'
import type {ProcessRef} from './processes.js'
import {until} from './until.js'
import type {Workers} from './workers.js'

export type ReloadDeps = {
  readonly master: Master
  readonly workers: Workers
  readonly errorLog: ErrorLog
  readonly clock: Clock
  /** Milliseconds that a reload may take. */
  readonly limit: number
}

/** NGINX waits so long between the start of the new workers and the word to the old ones, milliseconds. */
const PAUSE = 100
/** Time between two looks after that, milliseconds. */
const LOOK = 20

/**
 * Undefined once NGINX serves `id` and nothing else; what it complains about when it refused, and keeps what it had.
 * Rejects with a temporary Failure when it is not known which of the two: no answer within the limit, or NGINX died.
 */
export async function reload(
  deps: ReloadDeps,
  id: string,
  signal: AbortSignal,
): Promise<Complaint | undefined> {
  const {master, workers, errorLog, clock, limit} = deps
  const running = master.running
  if (!running) throw died()
  await workers.makeRoom(running)
  await errorLog.forgetEmergencies()
  const before = new Set(workers.look(running).current)
  if (!master.signal('SIGHUP')) throw died()
  await clock.delay(PAUSE, signal)

  let complaint: Complaint | undefined
  const isSettled = async (): Promise<boolean> => {
    complaint = await finalComplaint(errorLog, running)
    return complaint !== undefined || (await isConfirmed(deps, running, before, id))
  }
  if (await until(isSettled, {clock, limit, every: LOOK, signal})) return complaint
  throw unconfirmed(id, limit)
}

/** NGINX tries five times to get a port; only then it has made up its mind, and may not still change it. */
async function finalComplaint(errorLog: ErrorLog, {pid}: ProcessRef): Promise<Complaint | undefined> {
  const emergencies = await errorLog.emergenciesOf(pid)
  if (emergencies.every(isRetried)) return undefined
  return parseComplaint(emergencies.map((text) => `[emerg] ${text}`).join('\n'))
}

async function isConfirmed(
  {master, workers}: ReloadDeps,
  running: ProcessRef,
  before: ReadonlySet<number>,
  id: string,
): Promise<boolean> {
  const {current} = workers.look(running)
  if (current.length === 0 && !master.running) throw died()
  if (current.length === 0 || current.some((pid) => before.has(pid))) return false
  return (await master.servedGeneration()) === id
}

function died(): Failure {
  return new Failure('NGINX died during a reload', {code: 'nginx-died', temporary: true})
}

function unconfirmed(id: string, limit: number): Failure {
  return new Failure(`NGINX did not confirm generation ${id} within ${limit / 1000} s`, {
    code: 'nginx-unconfirmed',
    hint: 'see its error log',
    temporary: true,
  })
}
