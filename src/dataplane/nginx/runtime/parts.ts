/** Creates the parts that together manage one NGINX. */
import type {NginxCapabilities} from '../../nginx-capabilities.js'
import {Applier} from '../apply/applier.js'
import {Shortfall} from '../apply/shortfall.js'
import {hostLimits} from '../host/host-limits.js'
import type {NginxOptions} from './nginx-options.js'
import {ErrorLog} from '../process/error-log.js'
import type {Lock} from '../process/lock.js'
import {LiveUpdates} from '../live/live-updates.js'
import {Master} from '../process/master.js'
import {Supervisor} from '../process/supervisor.js'
import {MAX_CHILDREN, Workers} from '../process/workers.js'
import {diskFailure} from '../store/disk-failure.js'
import type {Layout} from '../store/layout.js'
import {Tree} from '../store/tree.js'

/** What is known about NGINX and its folder before it runs. */
export type Installation = {
  readonly layout: Layout
  readonly binary: string
  readonly capabilities: NginxCapabilities
  /** True if servers change without a reload. */
  readonly isLive: boolean
  readonly lock: Lock
}

export type Parts = {
  readonly applier: Applier
  readonly master: Master
  readonly workers: Workers
  readonly errorLog: ErrorLog
  readonly supervisor: Supervisor
  readonly shortfall: Shortfall
  /** Absent if servers change only with a reload. */
  readonly live: LiveUpdates | undefined
}

export async function createParts(
  options: NginxOptions,
  {layout, binary, isLive}: Installation,
): Promise<Parts> {
  const {log, clock, observe} = options
  const openFiles = options.openFiles ?? (await hostLimits()).openFiles
  const master = new Master({
    binary,
    layout,
    openFiles,
    unit: options.unit,
    largestFile: options.logEndAt ?? 64 * 2 ** 20,
    log,
    clock,
  })
  const workers = new Workers(clock, log, options.maxChildren ?? MAX_CHILDREN)
  const errorLog = new ErrorLog({
    path: layout.errorLog,
    log,
    clock,
    linesPerSecond: options.logLinesPerSecond ?? 20,
    rotateAt: options.logRotateAt ?? 10 * 2 ** 20,
  })
  const tree = await Tree.open(layout).catch(diskFailure)
  const limit = options.confirmTimeout ?? 30_000
  const live =
    isLive && options.live ? new LiveUpdates({...options.live, layout, clock, log, observe}) : undefined
  await live?.open()
  const shared = {master, workers, clock, log, observe, live}
  const applier = new Applier({...shared, errorLog, limit, tree, binary})
  const shortfall = new Shortfall(clock, options.retryLeftOut ?? 5000)
  const supervisor = new Supervisor({
    ...shared,
    restart: async (signal) => shortfall.update(await applier.restart(signal)),
    backoff: options.backoff ?? {initial: 100, limit: 30_000},
  })
  return {applier, master, workers, errorLog, supervisor, shortfall, live}
}
