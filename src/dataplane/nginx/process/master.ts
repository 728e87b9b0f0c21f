/** The master process of our NGINX: found, started, signalled and ended. */
import {readFile, rm} from 'node:fs/promises'
import {Failure} from '../../../diagnostics/failure.js'
import {startDetached, type Detached} from '../../../util/start-detached.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {askSocket, isListening} from '../../../util/ask-socket.js'
import {parseComplaint, type Complaint} from './complaint.js'
import {boundingFiles, raisingFiles} from '../host/host-limits.js'
import type {Layout} from '../store/layout.js'
import {findOurProcesses} from './our-processes.js'
import {endProcesses, findProcess, isAlive, send, sendToGroup, type ProcessRef} from './processes.js'
import {findUnseenGroup} from './unseen.js'
import {capabilitiesLackedBy} from '../host/rights.js'
import {until, type Patience} from './until.js'

export type MasterOptions = {
  readonly binary: string
  readonly layout: Layout
  /** Open files that NGINX may have. */
  readonly openFiles: number
  /** Bytes after which NGINX writes no more to a file: its error log, when no lbex is there to rotate it. */
  readonly largestFile: number
  readonly log: Logger
  readonly clock: Clock
}

/**
 * All that NGINX gets of an environment. It writes its title over its arguments and environment, so the latter must not be
 * short; and a variable NGINX would hand sockets to it (https://nginx.org/en/docs/control.html#upgrade).
 */
const ENVIRONMENT = {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}

/** How long NGINX may take for what it does at once, such as an answer or an exit, milliseconds. */
const PATIENCE = 2000
/** How long one that has workers may take to answer when it is found: on a busy host that is no reason to replace it. */
const LONG_PATIENCE = 10_000
/** Time between two looks, milliseconds. */
const LOOK = 20

export class Master {
  private process: ProcessRef | undefined
  /** Process group of an NGINX that adopt() found to serve here, and that /proc does not show. */
  private unseen: number | undefined

  constructor(private readonly options: MasterOptions) {}

  /** Undefined when it does not run. */
  get running(): ProcessRef | undefined {
    if (this.process && !isAlive(this.process)) this.process = undefined
    return this.process
  }

  /** Whether an NGINX of ours that cannot be adopted accepts connections: workers of a killed master, or processes that are hidden. */
  hasOrphans(): boolean {
    const {masters, accepting} = this.ours()
    return masters.length === 0 && (accepting.length > 0 || this.unseen !== undefined)
  }

  /** Generation that a worker serves; undefined when none answers. */
  servedGeneration(): Promise<string | undefined> {
    return askSocket(this.options.layout.versionSocket, PATIENCE)
  }

  /** Takes over what an earlier lbex left running here; returns the generation that it serves, if there is such an NGINX. */
  async adopt(signal?: AbortSignal): Promise<string | undefined> {
    const {masters, accepting} = this.ours()
    const [found] = masters
    if (!found) {
      await this.noteUnseen()
      return undefined
    }
    const limit = accepting.length > 0 ? LONG_PATIENCE : PATIENCE
    let served: string | undefined
    const patience = {...this.patience(limit), ...(signal && {signal})}
    await until(
      async () => !isAlive(found) || (served = await this.servedGeneration()) !== undefined,
      patience,
    )
    if (served === undefined) return undefined
    this.process = found
    await this.warnOfRights(found)
    return served
  }

  /**
   * Starts NGINX on `current`, and waits until it serves the generation `id`. Returns what NGINX complains about when it
   * ends instead; rejects with a temporary Failure when it does neither within `limit` milliseconds.
   */
  async start(id: string, limit: number, signal: AbortSignal): Promise<Complaint | undefined> {
    const {layout, log} = this.options
    await this.retireOthers(signal)
    await rm(layout.pidFile, {force: true})
    await rm(layout.versionSocket, {force: true})
    const child = await this.spawn()
    this.process = findProcess(child.pid)
    const serves = async (): Promise<boolean> => (await this.servedGeneration()) === id
    const settled = await until(async () => !this.running || (await serves()), {
      ...this.patience(limit),
      signal,
    })
    const {running} = this
    if (!running) return this.complaintOf(child)
    if (!settled) throw await this.giveUp(running, limit)
    log.info('NGINX started', {pid: running.pid, generation: id})
    return undefined
  }

  /** False when it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    return this.process !== undefined && send(this.process, signal)
  }

  /** Ends NGINX: its connections may finish for `limit` milliseconds. Afterwards no process of it is left. */
  async drain(limit: number): Promise<void> {
    const {layout, log, clock} = this.options
    const all = (): ProcessRef[] => Object.values(this.ours()).flat()
    const {masters, accepting} = this.ours()
    const group = await this.findUnseen()
    const tellUnseen = (signal: NodeJS.Signals | 0): boolean =>
      group !== undefined && sendToGroup(group, signal)
    // A master tells its workers; orphans have none.
    for (const each of masters.length > 0 ? masters : accepting) send(each, 'SIGQUIT')
    tellUnseen('SIGQUIT')
    const areGone = (): boolean => all().length === 0 && !tellUnseen(0)
    if (!(await until(areGone, {...this.patience(limit), every: 5 * LOOK}))) {
      log.warn('connections are cut: they did not finish in time', {
        processes: all().length,
        seconds: limit / 1000,
      })
      tellUnseen('SIGKILL')
      await endProcesses(all(), clock, PATIENCE)
    }
    this.process = undefined
    this.unseen = undefined
    await rm(layout.pidFile, {force: true})
    await rm(layout.versionSocket, {force: true})
  }

  /** NGINX gives a reason before it ends, unless something else ended it. */
  private async complaintOf({end}: Detached): Promise<Complaint> {
    const words = await readFile(this.options.layout.startLog, 'utf8')
    if (words.trim() !== '') return parseComplaint(words)
    await until(() => end() !== undefined, this.patience(PATIENCE))
    const {signal, exitCode} = end() ?? {}
    if (signal) throw killed(signal)
    return parseComplaint(`it ended with exit code ${exitCode ?? 'unknown'} and gave no reason`)
  }

  private async spawn(): Promise<Detached> {
    const {binary, layout, openFiles, largestFile} = this.options
    const limits = [...(await boundingFiles(largestFile)), ...(await raisingFiles(openFiles))]
    const [command = binary, ...parameters] = [...limits, binary, '-c', layout.config]
    return startDetached(command, parameters, {
      cwd: layout.directory,
      env: ENVIRONMENT,
      output: layout.startLog,
    })
  }

  /**
   * Before a start, and before ports are probed for it: ends what else of ours holds the ports. Rejects with the temporary
   * Failure `nginx-unseen` if an NGINX still serves from the folder.
   */
  async retireOthers(signal: AbortSignal): Promise<void> {
    await this.retireSeen(signal)
    await this.retireUnseen(signal)
    await this.requireNoOther(signal)
  }

  /** For example the workers of a master that was killed. They are killed only if they do not let go of the ports. */
  private async retireSeen(signal: AbortSignal): Promise<void> {
    const {masters, accepting} = this.ours()
    const others = [...masters, ...accepting]
    if (others.length === 0) return
    this.options.log.warn('processes of an earlier NGINX are told to finish', {
      pids: others.map(({pid}) => pid),
    })
    for (const each of others) send(each, 'SIGQUIT')
    const haveLetGo = (): boolean => this.ours().accepting.length === 0
    if (await until(haveLetGo, {...this.patience(PATIENCE), signal})) return
    await endProcesses(others, this.options.clock, PATIENCE)
  }

  /** One that cannot be seen cannot be adopted either: its old workers cannot be told from its new ones. */
  private async noteUnseen(): Promise<void> {
    this.unseen = await this.findUnseen()
    if (this.unseen === undefined) return
    this.options.log.warn('NGINX is replaced: /proc does not show its master', {
      pid: this.unseen,
      hint: 'lbex may lack a capability that NGINX has',
    })
  }

  private async warnOfRights({pid}: ProcessRef): Promise<void> {
    const missing = await capabilitiesLackedBy(pid)
    if (missing.length === 0) return
    this.options.log.warn(
      'NGINX was started without capabilities that lbex has: a restart of lbex alone keeps it',
      {
        ...{pid, missing},
        hint: 'systemctl stop lbex && systemctl start lbex drains NGINX and starts one that has them',
      },
    )
  }

  private async findUnseen(): Promise<number | undefined> {
    const {masters, accepting} = this.ours()
    return masters.length + accepting.length > 0 ? undefined : findUnseenGroup(this.options.layout)
  }

  /** Its connections may finish; it is killed only if it does not close its listeners. */
  private async retireUnseen(signal: AbortSignal): Promise<void> {
    const group = await this.findUnseen()
    this.unseen = undefined
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

  /** Each NGINX of the folder listens on the version socket, whatever lbex can see of it. */
  private isFolderFree(signal: AbortSignal): Promise<boolean> {
    const isFree = async (): Promise<boolean> => !(await isListening(this.options.layout.versionSocket))
    return until(isFree, {...this.patience(PATIENCE), signal})
  }

  private async giveUp(started: ProcessRef, limit: number): Promise<Failure> {
    const {masters, accepting} = this.ours()
    await endProcesses([started, ...masters, ...accepting], this.options.clock, PATIENCE)
    return new Failure(`NGINX did not serve its configuration within ${limit / 1000} s of its start`, {
      code: 'nginx-unconfirmed',
      hint: `see ${this.options.layout.errorLog}`,
      temporary: true,
    })
  }

  private ours(): ReturnType<typeof findOurProcesses> {
    return findOurProcesses(this.options.layout, this.options.binary)
  }

  private patience(limit: number): Patience {
    return {clock: this.options.clock, limit, every: LOOK}
  }
}

function killed(signal: NodeJS.Signals): Failure {
  return new Failure(`NGINX was ended by ${signal} while it started`, {
    code: 'nginx-died',
    hint: 'another process ended it, or the host is out of memory',
    temporary: true,
  })
}
