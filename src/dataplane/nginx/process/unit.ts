/**
 * Moves NGINX into a systemd unit of its own. Otherwise NGINX stays in the unit of the lbex that started it, and systemd warns about
 * left-over processes at each restart of lbex.
 */
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import type {Logger} from '../../../util/logger.js'
import {run} from '../../../util/run-program.js'
import {childrenOf, controlGroupsOf, findProcess} from './processes.js'

export type UnitOptions = {
  /** Name of a unit with `Delegate=yes` that runs as the user of lbex; absent: NGINX stays where it is. */
  readonly unit?: string | undefined
  readonly log: Logger
  /** Moves processes into the unit. Default: asks systemd. Rejects if systemd refuses. */
  readonly attach?: (unit: string, processes: readonly number[]) => Promise<void>
}

/** Milliseconds. */
const PATIENCE = 5000

/** A worker may end between its discovery and the call, which then moves no process. */
const TRIES = 3

/** NGINX serves as well if it cannot be moved, so that is only logged. `master` is the process ID of its master process. */
export async function moveToUnit(master: number, options: UnitOptions): Promise<void> {
  const {unit, log, attach = attachToUnit} = options
  if (unit === undefined || controlGroupsOf(master).includes(unit)) return
  try {
    // What the master starts from now on is in the unit too.
    await attach(unit, [master])
    await attachWorkers(master, unit, attach)
    log.debug('NGINX is in a unit of its own', {unit})
  } catch (error) {
    log.warn('NGINX stays in the systemd unit of lbex', {
      ...{unit, error: messageOf(error)},
      hint: 'install dbus, which lbex needs to ask systemd; NGINX serves in either unit',
    })
  }
}

async function attachWorkers(
  master: number,
  unit: string,
  attach: NonNullable<UnitOptions['attach']>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const workers = childrenOf(master).filter(
      (pid) => findProcess(pid) && !controlGroupsOf(pid).includes(unit),
    )
    if (workers.length === 0) return
    try {
      return await attach(unit, workers)
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

/** systemd permits this to the user of the processes if the unit runs as the same user: org.freedesktop.systemd1(5). */
async function attachToUnit(unit: string, processes: readonly number[]): Promise<void> {
  const method = ['org.freedesktop.systemd1.Manager', 'AttachProcessesToUnit', 'ssau']
  const parameters = [unit, '', processes.length, ...processes].map(String)
  const {exitCode, stderr} = await run(
    'busctl',
    ['--system', 'call', 'org.freedesktop.systemd1', '/org/freedesktop/systemd1', ...method, ...parameters],
    {timeout: PATIENCE},
  )
  if (exitCode !== 0) throw new Failure(stderr.trim(), {code: 'command-failed'})
}
