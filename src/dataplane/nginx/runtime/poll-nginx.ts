/** Polls NGINX while lbex runs: reads its log, restarts it after an unexpected exit, and retries what a restart left out. */
import {messageOf} from '../../../diagnostics/failure.js'
import type {Clock} from '../../../util/clock.js'
import {followSignals} from '../../../util/follow-signals.js'
import type {NginxOptions} from './nginx-options.js'
import type {Parts} from './parts.js'

/** Milliseconds between two polls. */
const INTERVAL = 200
/** The same after a poll that failed, for example because of an error of the file system. */
const INTERVAL_AFTER_ERROR = 10_000

/** Runs a task while nothing else changes NGINX. */
export type RunExclusively = (task: () => Promise<void>) => Promise<void>

/** Resolves when `signal` aborts. */
export async function pollNginx(
  parts: Parts,
  {clock, log}: Pick<NginxOptions, 'clock' | 'log'>,
  runExclusively: RunExclusively,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await untilNextPoll(parts, clock, signal)
    try {
      await parts.errorLog.poll()
      await runExclusively(() => pollOnce(parts, log, signal))
    } catch (error) {
      log.error('supervision of NGINX failed, retrying', {error: messageOf(error)})
      await clock.delay(INTERVAL_AFTER_ERROR, signal)
    }
  }
}

/** Earlier if NGINX exits or has to be restarted: until then, clients are refused. */
async function untilNextPoll(
  {master, supervisor}: Pick<Parts, 'master' | 'supervisor'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const exits = master.exit ? [master.exit] : []
  const wait = Math.min(INTERVAL, supervisor.untilRestart())
  await followSignals([signal, ...exits], (own) => clock.delay(wait, own.signal))
}

async function pollOnce(parts: Parts, log: NginxOptions['log'], signal: AbortSignal): Promise<void> {
  const {applier, supervisor, shortfall, errorLog, master, workers} = parts
  if (signal.aborted) return
  await supervisor.check(signal)
  if (supervisor.serving && shortfall.due) await retryLeftOut(parts, log, signal)
  workers.assign(applier.served?.id)
  await errorLog.rotateWhenLarge(() => master.signal('SIGUSR1'))
}

async function retryLeftOut(
  {applier, shortfall}: Parts,
  log: NginxOptions['log'],
  signal: AbortSignal,
): Promise<void> {
  try {
    shortfall.update(await applier.restart(signal))
  } catch (error) {
    shortfall.postpone()
    log.warn('retry of skipped Services failed', {error: messageOf(error)})
  }
}
