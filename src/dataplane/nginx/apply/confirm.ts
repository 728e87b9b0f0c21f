/** Starts or reloads NGINX with the generation that `current` names, and confirms that NGINX serves it. */
import {messageOf} from '../../../diagnostics/failure.js'
import type {Logger} from '../../../util/logger.js'
import type {Observe, ReloadReason} from '../../data-plane.js'
import type {Refusal} from '../process/refusal.js'
import {reload, type ReloadDeps} from '../process/reload.js'
import type {LiveUpdates} from '../live/live-updates.js'
import type {Tree} from '../store/tree.js'
import {observeReload, observeStart} from './observe.js'

export type ConfirmDeps = ReloadDeps & {
  readonly tree: Tree
  readonly log: Logger
  readonly observe?: Observe | undefined
  /** Absent if servers change only with a reload. */
  readonly live?: LiveUpdates | undefined
}

export type ConfirmOptions = {
  readonly reason: ReloadReason
  /** True if it is not known what NGINX serves. */
  readonly uncertain: boolean
}

export type Confirmation = {
  /** Undefined if NGINX serves the generation; otherwise why NGINX rejected it and kept the previous one. */
  readonly refusal: Refusal | undefined
  /** Reloads that this took: 0 (a start) to 2. */
  readonly reloads: number
}

/**
 * Starts NGINX on the generation `id`, or reloads it; call live.beforeLoad() first. Rejects with a Failure if it gives no answer,
 * as start and reload do.
 */
export async function confirm(
  deps: ConfirmDeps,
  id: string,
  {reason, uncertain}: ConfirmOptions,
  signal: AbortSignal,
): Promise<Confirmation> {
  const {master, limit, live} = deps
  const options = {endStuck: live?.isStuck === true}
  if (!master.running) {
    return {refusal: await observeStart(deps, () => master.start(id, limit, signal)), reloads: 0}
  }
  const reloadOnce = () => observeReload(deps, reason, () => reload(deps, id, signal, options))
  const refusal = await reloadOnce()
  if (refusal || !uncertain) return {refusal, reloads: 1}
  // An earlier reload may still be in progress, and may have read `current` while it was switched. A second reload has not.
  return {refusal: await reloadOnce(), reloads: 2}
}

/** Milliseconds that each reload of a rollback may take. */
const ROLLBACK_LIMIT = 5000

/**
 * After a start or a reload without a response: makes NGINX serve `before` again, the previous generation. True if NGINX confirms
 * that, which is only awaited if servers can change without a reload: without it, they cannot until the next reload is confirmed.
 */
export async function rollBack(
  deps: ConfirmDeps,
  before: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const {tree, master, log, live, limit} = deps
  try {
    await tree.switchTo(before)
    await live?.notLoaded()
    if (live && !live.isStuck && before !== undefined && master.running) {
      const options = {reason: 'uncertain', uncertain: true} as const
      const rollback = {...deps, limit: Math.min(limit, ROLLBACK_LIMIT)}
      return (await confirm(rollback, before, options, signal)).refusal === undefined
    }
    master.signal('SIGHUP')
  } catch (error) {
    // NGINX accepts what `current` names now, too.
    log.warn('the rollback to the earlier configuration failed', {error: messageOf(error)})
  }
  return false
}
