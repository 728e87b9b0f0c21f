/**
 * The worker processes of one NGINX. Each reload leaves the old workers behind for as long as their connections live, and
 * NGINX's table of processes has 1,024 entries (https://github.com/nginx/nginx/blob/master/src/os/unix/ngx_process.h,
 * NGX_MAX_PROCESSES). If the table is full, a reload ends the current workers and starts none.
 */
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import type {WorkerGroup} from '../../data-plane.js'
import {isLeaving} from './our-processes.js'
import {childrenOf, endProcesses, findProcess, isAlive, titleOf, type ProcessRef} from './processes.js'

export type WorkerCount = {
  /** Pids that accept connections. */
  readonly current: readonly number[]
  /** Pids that only finish the connections they have. */
  readonly leaving: readonly number[]
}

/** Children that NGINX may have: a quarter of its table. */
export const MAX_CHILDREN = 256

/** On a host with more than 64 workers, the limit allows for four generations of them, still far below the table's size. */
const MOST_CHILDREN = 768

/** How long an old worker may take to end after SIGTERM, milliseconds. */
const PATIENCE = 2000

const NONE: WorkerCount = {current: [], leaving: []}

export class Workers {
  /** As of the last refresh. */
  count = NONE
  /** By pid, if known. */
  private readonly generations = new Map<number, string>()

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly maxChildren: number,
  ) {}

  /** Counts the workers. Once a title says that a worker is leaving, it does not change, so it is read once. */
  refresh(master: ProcessRef | undefined): WorkerCount {
    if (!master || !isAlive(master)) return (this.count = NONE)
    const known = new Set(this.count.leaving)
    const children = childrenOf(master.pid)
    const leaving = new Set(children.filter((pid) => known.has(pid) || isLeaving(titleOf(pid))))
    this.count = {current: children.filter((pid) => !leaving.has(pid)), leaving: [...leaving]}
    return this.count
  }

  /** Records that the current workers serve `generation`; to be called while no reload is in progress. */
  assign(generation: string | undefined): void {
    const {current, leaving} = this.count
    const present = new Set([...current, ...leaving])
    for (const pid of this.generations.keys()) if (!present.has(pid)) this.generations.delete(pid)
    if (generation === undefined) return
    for (const pid of current) this.generations.set(pid, generation)
  }

  /** Workers by generation, the current ones first. */
  groups(): WorkerGroup[] {
    return (['current', 'leaving'] as const).flatMap((state) => this.groupsIn(state))
  }

  private groupsIn(state: WorkerGroup['state']): WorkerGroup[] {
    const counts = new Map<string | undefined, number>()
    for (const pid of this.count[state]) {
      const generation = this.generations.get(pid)
      counts.set(generation, (counts.get(generation) ?? 0) + 1)
    }
    return [...counts].map(([generation, count]) => ({
      ...(generation !== undefined && {generation}),
      ...{state, count},
    }))
  }

  /** Before a reload: ends the oldest workers, with their connections, if the new workers would exceed the limit. */
  async endOldest(master: ProcessRef): Promise<void> {
    const {current, leaving} = this.refresh(master)
    const excess = leaving.length + 2 * current.length - limitFor(current.length, this.maxChildren)
    if (excess <= 0) return
    const oldest = leaving.flatMap((pid) => findProcess(pid) ?? []).sort(byAge)
    const ended = oldest.slice(0, excess)
    this.log.warn('too many old workers hold connections: stopping the oldest, with their connections', {
      ended: ended.length,
      children: current.length + leaving.length,
    })
    await endProcesses(ended, this.clock, PATIENCE)
  }

  /** Least milliseconds until the next reload. */
  pressure(): number {
    return reloadPressure(this.count.leaving.length, this.count.current.length, this.maxChildren)
  }
}

/** The longest delay of a change, milliseconds. */
const LONGEST = 60_000

/**
 * 0 while few old workers are left (16, or those of two reloads if that is more), then 1 s, doubled with every 4 more (or half
 * the workers of a reload): 1 s at 16, 2 s at 20, 4 s at 24 ... 32 s at 36 for up to 8 workers, never more than a minute. So
 * two workers have fewer than 64 children after ten minutes of changes with sessions that do not end, and reach the limit after
 * more than an hour and a half. Also a minute if the next two reloads would reach the limit, and connections would be closed.
 */
export function reloadPressure(leaving: number, workers: number, maxChildren = MAX_CHILDREN): number {
  const free = Math.max(16, 2 * workers)
  const step = Math.max(4, workers / 2)
  if (leaving + 3 * workers > limitFor(workers, maxChildren)) return LONGEST
  if (leaving < free) return 0
  return Math.min(LONGEST, 1000 * 2 ** Math.floor((leaving - free) / step))
}

function limitFor(workers: number, maxChildren: number): number {
  return Math.max(maxChildren, Math.min(4 * workers, MOST_CHILDREN))
}

function byAge(a: ProcessRef, b: ProcessRef): number {
  return a.started - b.started || a.pid - b.pid
}
