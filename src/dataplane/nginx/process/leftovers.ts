/**
 * Processes of an earlier NGINX of this folder that lbex does not supervise: the workers of a master that was killed (orphans),
 * a master that does not answer, or an NGINX that /proc hides. lbex makes them finish right before it starts another NGINX.
 */
import {Failure} from '../../../diagnostics/failure.js'
import {isListening} from '../../../util/ask-socket.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import type {Layout} from '../store/layout.js'
import {findHiddenGroup} from './hidden-group.js'
import {findOurProcesses, isLeaving} from './our-processes.js'
import {endProcesses, isAlive, send, sendToGroup, titleOf, type ProcessRef} from './processes.js'
import {until} from './until.js'

export type LeftoversOptions = {
  readonly binary: string
  readonly layout: Layout
  readonly log: Logger
  readonly clock: Clock
}

/** How long a process may take to close its listeners, milliseconds. */
const PATIENCE = 2000
/** Time between two checks whether the listeners are closed, milliseconds: until NGINX starts, no process accepts connections. */
const POLL = 1

export class Leftovers {
  /** Process group of an NGINX that noteHidden() found. */
  private hidden: number | undefined

  constructor(private readonly options: LeftoversOptions) {}

  /** Whether an NGINX of ours that cannot be adopted accepts connections: orphans, or processes that are hidden. */
  hasOrphans(): boolean {
    const {masters, accepting} = this.visible()
    return masters.length === 0 && (accepting.length > 0 || this.hidden !== undefined)
  }

  /** A hidden NGINX cannot be adopted: its old workers cannot be distinguished from its new ones. */
  async noteHidden(): Promise<void> {
    this.hidden = await this.findHidden()
    if (this.hidden === undefined) return
    this.options.log.warn('NGINX is replaced: /proc does not show its master', {
      pid: this.hidden,
      hint: 'lbex may lack a capability that NGINX has',
    })
  }

  /**
   * Has all of them close their listeners; their connections may finish. Rejects with the temporary Failure `nginx-unseen` if
   * an NGINX still serves from the folder.
   */
  async retire(signal: AbortSignal): Promise<void> {
    this.hidden = undefined
    await this.retireVisible(signal)
    if (!(await isListening(this.options.layout.versionSocket))) return
    await this.retireHidden(signal)
    await this.requireNoOther(signal)
  }

  /** Process group of an NGINX of which /proc shows no process. */
  async findHidden(): Promise<number | undefined> {
    const {masters, accepting} = this.visible()
    return masters.length + accepting.length > 0 ? undefined : findHiddenGroup(this.options.layout)
  }

  /** Kills them only if they do not close their listeners in time. */
  private async retireVisible(signal: AbortSignal): Promise<void> {
    const {clock, log} = this.options
    const {masters, accepting} = this.visible()
    const all = [...masters, ...accepting]
    if (all.length === 0) return
    for (const each of all) send(each, 'SIGQUIT')
    log.warn('stopping processes of an earlier NGINX', {pids: all.map(({pid}) => pid)})
    const areClosed = (): boolean => accepting.every(isClosed) && !this.hasNewWorkers(masters)
    if (await until(areClosed, {clock, limit: PATIENCE, every: POLL, signal})) return
    await endProcesses(all, clock, PATIENCE)
  }

  /** A living master may have replaced a worker meanwhile. */
  private hasNewWorkers(masters: readonly ProcessRef[]): boolean {
    return masters.length > 0 && this.visible().accepting.length > 0
  }

  private async retireHidden(signal: AbortSignal): Promise<void> {
    const group = await this.findHidden()
    if (group === undefined) return
    sendToGroup(group, 'SIGQUIT')
    if (!(await this.isFolderFree(signal))) sendToGroup(group, 'SIGKILL')
  }

  /** Two masters in one folder would serve two configurations, and the older one would never be updated again. */
  private async requireNoOther(signal: AbortSignal): Promise<void> {
    if (await this.isFolderFree(signal)) return
    const {directory, versionSocket} = this.options.layout
    throw new Failure(`an NGINX that lbex did not start, or cannot see, serves from ${directory}`, {
      code: 'nginx-unseen',
      hint: `sudo ss -xlp | grep ${versionSocket} names its processes: end them with kill -QUIT`,
      temporary: true,
    })
  }

  /** Each NGINX of the folder listens on the version socket, even if lbex cannot see its processes. */
  private isFolderFree(signal: AbortSignal): Promise<boolean> {
    const {clock, layout} = this.options
    const isFree = async (): Promise<boolean> => !(await isListening(layout.versionSocket))
    return until(isFree, {clock, limit: PATIENCE, every: POLL, signal})
  }

  private visible(): ReturnType<typeof findOurProcesses> {
    return findOurProcesses(this.options.layout, this.options.binary)
  }
}

/** NGINX changes the title of a worker right before it closes its listeners. */
function isClosed(worker: ProcessRef): boolean {
  return !isAlive(worker) || isLeaving(titleOf(worker.pid))
}
