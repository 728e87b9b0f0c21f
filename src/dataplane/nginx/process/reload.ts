/**
 * Reloads NGINX and confirms the reload. An exit code confirms nothing: NGINX accepts the signal, and keeps its old configuration
 * if another process holds a port. A reload is done when each worker from before is gone or leaving, and the current workers
 * answer with the requested generation.
 */
import {Failure} from '../../../diagnostics/failure.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {isRetried, parseRefusal, type Refusal} from './refusal.js'
import type {ErrorLog} from './error-log.js'
import type {Master} from './master.js'
import type {ProcessRef} from './processes.js'
import {StuckWorkers} from './stuck-workers.js'
import {until} from './until.js'
import type {Workers} from './workers.js'

export type ReloadDeps = {
  readonly master: Master
  readonly workers: Workers
  readonly errorLog: ErrorLog
  readonly clock: Clock
  readonly log: Logger
  /** Milliseconds that a reload may take. */
  readonly limit: number
}

/** NGINX waits this long between the start of the new workers and the signal to the old ones, milliseconds. */
const PAUSE = 100
/** Time between two checks after that, milliseconds. */
const POLL = 20

export type ReloadOptions = {
  /** True if workers may wait forever for a lock, and so never end: these are killed. Default: false. */
  readonly endStuck?: boolean
}

/**
 * Undefined once NGINX serves `id` and nothing else; otherwise why it rejected `id` and keeps the previous one. Rejects with a temporary
 * Failure if it is not known which of the two: no answer within the limit, or NGINX died.
 */
export async function reload(
  deps: ReloadDeps,
  id: string,
  signal: AbortSignal,
  {endStuck = false}: ReloadOptions = {},
): Promise<Refusal | undefined> {
  const {master, workers, errorLog, clock, limit} = deps
  const running = master.running
  if (!running) throw exitedEarly()
  await workers.endOldest(running)
  await errorLog.forgetEmergencies()
  const before = new Set(workers.refresh(running).current)
  if (!master.signal('SIGHUP')) throw exitedEarly()
  await clock.delay(PAUSE, signal)

  let refusal: Refusal | undefined
  const stuck = endStuck ? new StuckWorkers(clock, deps.log) : undefined
  const isSettled = async (): Promise<boolean> => {
    refusal = await finalRefusal(errorLog, running)
    return refusal !== undefined || (await isConfirmed(deps, running, {before, id, stuck}))
  }
  if (await until(isSettled, {clock, limit, every: POLL, signal})) return refusal
  throw unconfirmed(id, limit)
}

/** NGINX tries five times to bind a port. Its refusal is final only after the last attempt. */
async function finalRefusal(errorLog: ErrorLog, {pid}: ProcessRef): Promise<Refusal | undefined> {
  const emergencies = await errorLog.emergenciesOf(pid)
  if (emergencies.every(isRetried)) return undefined
  return parseRefusal(emergencies.map((text) => `[emerg] ${text}`).join('\n'))
}

type Expected = {
  /** The workers from before the reload. */
  readonly before: ReadonlySet<number>
  readonly id: string
  readonly stuck: StuckWorkers | undefined
}

async function isConfirmed(
  {master, workers}: ReloadDeps,
  running: ProcessRef,
  {before, id, stuck}: Expected,
): Promise<boolean> {
  const {current} = workers.refresh(running)
  if (current.length === 0 && !master.running) throw exitedEarly()
  const remaining = current.filter((pid) => before.has(pid))
  if (current.length > remaining.length) stuck?.check(remaining)
  if (current.length === 0 || remaining.length > 0) return false
  return (await master.servedGeneration()) === id
}

function exitedEarly(): Failure {
  return new Failure('NGINX exited during a reload', {code: 'nginx-died', temporary: true})
}

function unconfirmed(id: string, limit: number): Failure {
  return new Failure(`NGINX did not confirm generation ${id} within ${limit / 1000} s`, {
    code: 'nginx-unconfirmed',
    hint: 'see logs/error.log in --nginx-dir',
    temporary: true,
  })
}
