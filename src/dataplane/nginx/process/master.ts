/** Finds, starts, signals and ends the master process of our NGINX. */
import {rmSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {Failure} from '../../../diagnostics/failure.js'
import {startDetached, type Detached} from '../../../util/start-detached.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {askSocket} from '../../../util/ask-socket.js'
import {parseRefusal, type Refusal} from './refusal.js'
import {boundingFiles, raisingFiles, withoutNetAdmin} from '../host/host-limits.js'
import type {Layout} from '../store/layout.js'
import {findOurProcesses} from './our-processes.js'
import {Leftovers} from './leftovers.js'
import {endProcesses, findProcess, isAlive, send, sendToGroup, type ProcessRef} from './processes.js'
import {capabilitiesMissingIn} from '../host/missing-capabilities.js'
import {moveToUnit} from './unit.js'
import {until, type Patience} from './until.js'

export type MasterOptions = {
  readonly binary: string
  readonly layout: Layout
  /** Open files that NGINX may have. */
  readonly openFiles: number
  /** Size limit of NGINX's files: of its error log, while no lbex rotates it. Bytes. */
  readonly largestFile: number
  /** The systemd unit that NGINX is moved to: UnitOptions. */
  readonly unit?: string | undefined
  readonly log: Logger
  readonly clock: Clock
}

/**
 * The whole environment of NGINX. NGINX writes its title over its arguments and environment, so the environment must not be short.
 * It must not contain a variable NGINX, which would pass sockets to it (https://nginx.org/en/docs/control.html#upgrade).
 */
const ENVIRONMENT = {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}

/** How long NGINX may take for an answer or an exit, milliseconds. */
const PATIENCE = 2000
/** How long an NGINX with workers may take to answer before it is replaced: a busy host is no reason to replace it. */
const LONG_PATIENCE = 10_000
/** Time between two checks, milliseconds. */
const POLL = 20

export class Master {
  private process: ProcessRef | undefined
  /** Of the master that this lbex started last. */
  private child: Detached | undefined
  /** Prefix of NGINX's command line. */
  private prefix: readonly string[] | undefined
  private readonly leftovers: Leftovers

  constructor(private readonly options: MasterOptions) {
    this.leftovers = new Leftovers(options)
  }

  /** Undefined when it does not run. */
  get running(): ProcessRef | undefined {
    if (this.process && !isAlive(this.process)) this.process = undefined
    return this.process
  }

  /** Aborts when the running master exits; undefined if none runs, or if an earlier lbex started it. */
  get exit(): AbortSignal | undefined {
    return this.running?.pid === this.child?.pid ? this.child?.ended : undefined
  }

  /** Whether an NGINX of ours that cannot be adopted accepts connections. */
  hasOrphans(): boolean {
    return this.leftovers.hasOrphans()
  }

  /** Has the processes of an earlier NGINX close their listeners. Rejects with the temporary Failure `nginx-unseen`. */
  retireLeftovers(signal: AbortSignal): Promise<void> {
    return this.leftovers.retire(signal)
  }

  /** The generation that a worker serves; undefined if no worker answers. */
  servedGeneration(): Promise<string | undefined> {
    return askSocket(this.options.layout.versionSocket, PATIENCE)
  }

  /** Takes over an NGINX that an earlier lbex left running; returns the generation that it serves. Undefined if there is none. */
  async adopt(signal?: AbortSignal): Promise<string | undefined> {
    const {masters, accepting} = this.ours()
    const [found] = masters
    if (!found) {
      await this.leftovers.noteHidden()
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
    await this.warnOfMissingCapabilities(found)
    await moveToUnit(found.pid, this.options)
    return served
  }

  /**
   * Starts NGINX on `current`, and waits until it serves the generation `id`. Returns why it refused if it ends instead; rejects
   * with a temporary Failure if it does neither within `limit` milliseconds. Everything that can be prepared is, before the
   * listeners of orphans are closed.
   */
  async start(id: string, limit: number, signal: AbortSignal): Promise<Refusal | undefined> {
    const {layout, log} = this.options
    const command = await this.startCommand()
    await this.leftovers.retire(signal)
    this.removeTraces()
    const child = await startDetached(command, {
      cwd: layout.directory,
      env: ENVIRONMENT,
      output: layout.startLog,
    })
    this.child = child
    this.process = findProcess(child.pid)
    const serves = async (): Promise<boolean> => (await this.servedGeneration()) === id
    const settled = await until(async () => !this.running || (await serves()), {
      ...this.patience(limit),
      signal,
    })
    const {running} = this
    if (!running) return this.refusalOf(child)
    if (!settled) throw await this.giveUp(running, limit)
    log.info('NGINX started', {pid: running.pid, generation: id})
    await moveToUnit(running.pid, this.options)
    return undefined
  }

  /** False when it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    return this.process !== undefined && send(this.process, signal)
  }

  /** Ends NGINX: its connections have `limit` milliseconds to finish. Afterwards no process of it is left. */
  async drain(limit: number): Promise<void> {
    const {log, clock} = this.options
    const all = (): ProcessRef[] => Object.values(this.ours()).flat()
    const {masters, accepting} = this.ours()
    const group = await this.leftovers.findHidden()
    const signalHidden = (signal: NodeJS.Signals | 0): boolean =>
      group !== undefined && sendToGroup(group, signal)
    // A master signals its workers; orphans have no master.
    for (const each of masters.length > 0 ? masters : accepting) send(each, 'SIGQUIT')
    signalHidden('SIGQUIT')
    const areGone = (): boolean => all().length === 0 && !signalHidden(0)
    if (!(await until(areGone, {...this.patience(limit), every: 5 * POLL}))) {
      log.warn('connections did not finish in time and are closed', {
        processes: all().length,
        seconds: limit / 1000,
      })
      signalHidden('SIGKILL')
      await endProcesses(all(), clock, PATIENCE)
    }
    this.process = undefined
    this.removeTraces()
  }

  /** NGINX prints a reason before it ends, unless something else ended it. */
  private async refusalOf({end}: Detached): Promise<Refusal> {
    const words = await readFile(this.options.layout.startLog, 'utf8')
    if (words.trim() !== '') return parseRefusal(words)
    await until(() => end() !== undefined, this.patience(PATIENCE))
    const {signal, exitCode} = end() ?? {}
    if (signal) throw killed(signal)
    return parseRefusal(`it ended with exit code ${exitCode ?? 'unknown'} and gave no reason`)
  }

  private async startCommand(): Promise<string[]> {
    const {binary, layout, openFiles, largestFile} = this.options
    // Looked up once: a restart after a crash should not wait for the programs that this starts.
    this.prefix ??= [
      ...(await boundingFiles(largestFile)),
      ...(await raisingFiles(openFiles)),
      ...(await withoutNetAdmin()),
    ]
    return [...this.prefix, binary, '-c', layout.config]
  }

  /** NGINX does not start while its version socket exists. Synchronous, because no process accepts connections meanwhile. */
  private removeTraces(): void {
    const {pidFile, versionSocket, liveSocket} = this.options.layout
    for (const path of [pidFile, versionSocket, liveSocket]) rmSync(path, {force: true})
  }

  private async warnOfMissingCapabilities({pid}: ProcessRef): Promise<void> {
    const missing = await capabilitiesMissingIn(pid)
    if (missing.length === 0) return
    this.options.log.warn(
      'NGINX was started without capabilities that lbex has, and a restart of lbex does not restart NGINX',
      {
        ...{pid, missing},
        hint: 'systemctl stop lbex && systemctl start lbex drains NGINX and starts one that has them',
      },
    )
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
    return {clock: this.options.clock, limit, every: POLL}
  }
}

function killed(signal: NodeJS.Signals): Failure {
  return new Failure(`NGINX was ended by ${signal} while it started`, {
    code: 'nginx-died',
    hint: 'another process ended it, or the host is out of memory',
    temporary: true,
  })
}
