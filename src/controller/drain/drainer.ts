/** Ends the connections to servers that are not used any more, when their drain timeout is over. */
import {join} from 'node:path'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {DataPlane, ServerAddress} from '../../dataplane/data-plane.js'
import {bracketed} from '../../core/model/listener-key.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'
import type {Logger} from '../../util/logger.js'
import type {ReconcileOutcome} from '../reconcile.js'
import {serviceId} from '../served-part.js'
import {readDrainMemory, writeDrainMemory} from './drain-memory.js'
import {DrainPlan} from './drain-plan.js'

export type DrainerOptions = {
  /** The folder of NGINX, for the file with the memory. */
  readonly directory: string
  readonly nginx: Pick<DataPlane, 'endConnections'>
  readonly clock: Clock
  readonly log: Logger
  /** Called with the number of connections that were ended. */
  readonly onEnded: (connections: number) => void
}

/** Milliseconds after which servers whose connections were ended are checked again: a worker may have been connecting. */
const RECHECK = 5000
/** Milliseconds until a retry if connections could not be ended. */
const RETRY = 60_000
/** How often the connections to a server are ended: if there are still new ones, NGINX uses it after all. */
const MOST_ATTEMPTS = 3
/** Milliseconds between two writes of the memory. */
const SAVE_PERIOD = 5000
/** Maximum number of servers in a log message. */
const MOST_LOGGED = 20
/** The maximum delay of a timer of Node.js. */
const FOREVER = 2 ** 31 - 1

export class Drainer {
  private readonly stopping = new AbortController()
  /** Aborts when the plan may have changed. */
  private wake = new AbortController()
  private running: Promise<void> | undefined
  private saving: Promise<void> | undefined
  private hasFile: boolean
  private lastError: string | undefined
  private isDirty = false
  private isUnwritable = false

  static async open(options: DrainerOptions): Promise<Drainer> {
    const memory = await readDrainMemory(fileIn(options), options.clock.now())
    return new Drainer(options, new DrainPlan(memory), memory !== undefined)
  }

  private constructor(
    private readonly options: DrainerOptions,
    private readonly plan: DrainPlan,
    hasFile: boolean,
  ) {
    this.hasFile = hasFile
  }

  /** NGINX serves this now. */
  update({translation, applied}: ReconcileOutcome): void {
    this.updateTo(translation.loadBalancer, new Set(applied.quarantined.map(serviceId)))
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
    await this.saving
  }

  private updateTo(loadBalancer: LoadBalancer, rejected: ReadonlySet<string>): void {
    if (this.stopping.signal.aborted) return
    this.plan.update(loadBalancer, rejected, this.options.clock.monotonic())
    if (this.plan.isIdle && !this.hasFile) return
    this.save()
    this.wake.abort()
    if (this.plan.nextDue < Infinity) this.running ??= this.run()
  }

  private async run(): Promise<void> {
    const {clock} = this.options
    const {signal} = this.stopping
    while (!signal.aborted) {
      this.wake = new AbortController()
      const delay = this.plan.nextDue - clock.monotonic()
      if (delay <= 0) await this.endDue()
      else
        await followSignals([signal, this.wake.signal], (own) =>
          clock.delay(Math.min(Math.ceil(delay), FOREVER), own.signal),
        )
    }
  }

  private async endDue(): Promise<void> {
    const {nginx, clock} = this.options
    const servers = this.plan.due(clock.monotonic())
    try {
      const {found, ended} = await nginx.endConnections(servers)
      if (ended > 0) this.noteEnded(servers, ended)
      else if (found > 0) this.noteFailure(new Error('the kernel ended none of the connections'))
      if (ended === found) this.lastError = undefined
      if (found === 0) this.plan.finish(servers)
      else this.plan.postpone(servers, clock.monotonic() + RECHECK, MOST_ATTEMPTS)
    } catch (error) {
      this.noteFailure(error)
      this.plan.postpone(servers, clock.monotonic() + RETRY, MOST_ATTEMPTS)
    }
    this.save()
  }

  private noteEnded(servers: readonly ServerAddress[], connections: number): void {
    const names = servers.slice(0, MOST_LOGGED).map(({address, port}) => `${bracketed(address)}:${port}`)
    this.options.log.info('connections ended after the drain timeout', {connections, servers: names})
    this.options.onEnded(connections)
  }

  /** Once until it works again or fails for another reason. */
  private noteFailure(cause: unknown): void {
    const error = messageOf(cause)
    if (error === this.lastError) return
    this.lastError = error
    const test = 'lbex doctor tests whether lbex can end connections on this host'
    const hint = (cause instanceof Failure ? cause.hint : undefined) ?? test
    this.options.log.warn('connections could not be ended after the drain timeout', {error, hint})
  }

  private save(): void {
    this.isDirty = true
    this.saving ??= this.saveSoon()
  }

  private async saveSoon(): Promise<void> {
    while (this.isDirty) {
      await this.options.clock.delay(SAVE_PERIOD, this.stopping.signal)
      this.isDirty = false
      await this.write()
    }
    this.saving = undefined
  }

  private async write(): Promise<void> {
    const {clock, log} = this.options
    try {
      await writeDrainMemory(fileIn(this.options), this.plan.remember(clock.monotonic()), clock.now())
      this.hasFile = !this.plan.isIdle
      this.isUnwritable = false
    } catch (error) {
      if (!this.isUnwritable) log.warn('the drain timeouts cannot be saved', {error: messageOf(error)})
      this.isUnwritable = true
    }
  }
}

function fileIn({directory}: Pick<DrainerOptions, 'directory'>): string {
  return join(directory, 'run/drain.json')
}
