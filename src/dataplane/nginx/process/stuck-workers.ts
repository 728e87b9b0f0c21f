/** Ends workers that do not react to the signals of their master, because they wait for a lock in shared memory forever. */
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {findProcess, send} from './processes.js'

/** Milliseconds that an old worker may take to begin to end after the new workers have started. Usually it takes 100 ms. */
const PATIENCE = 5000

export class StuckWorkers {
  private since: number | undefined

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly log: Logger,
  ) {}

  /** Call this often while new workers run: `pids` are old workers that have not begun to end. Kills them when their time is up. */
  check(pids: readonly number[]): void {
    if (pids.length === 0) return
    const now = this.clock.monotonic()
    this.since ??= now
    if (now - this.since < PATIENCE) return
    this.since = now
    this.log.error('workers of NGINX do not react and are killed, with their connections', {pids})
    for (const pid of pids) {
      const worker = findProcess(pid)
      if (worker) send(worker, 'SIGKILL')
    }
  }
}
