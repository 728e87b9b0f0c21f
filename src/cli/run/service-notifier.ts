/** Tells systemd when lbex serves, what it serves, that it is alive, when it reads everything again, and when it stops. */
import type {Clock} from '../../util/clock.js'
import type {Notification, Notify} from './notify-socket.js'

/** What systemd should know at one moment. */
export type ServiceCondition = {
  /** True while clients may connect to this host. */
  readonly ready: boolean
  /** False if a reconcile is stuck, as /livez says. */
  readonly alive: boolean
  /** For people: `systemctl status` shows it. */
  readonly text: string
}

/** systemd, if it started lbex and wants to be notified. */
export type Supervisor = {
  readonly notify: Notify
  /** Milliseconds without a sign of life after which it ends lbex; absent: never. */
  readonly watchdog?: number | undefined
}

type NotifierDeps = {
  readonly clock: Clock
  readonly supervisor?: Supervisor | undefined
  /** Registers a listener for requests of the operator to reconcile now. */
  readonly onRetryNow?: (listener: () => void) => void
}

/** Milliseconds between two looks at the condition, which may change without a reconcile: NGINX dies, or the source becomes stale. */
const PERIOD = 1000

/** Milliseconds between two signs of life while lbex starts. */
const START_PERIOD = 10_000

/** How long systemd waits for the next sign of life while lbex starts, microseconds. TimeoutStartSec= is the limit until the first. */
const START_PATIENCE = '90000000'

/** Signs of life within the time of the watchdog: a busy machine may delay one. */
const SIGNS = 3

/**
 * Notifies systemd until `over` aborts; `stopping` aborts when lbex is asked to stop. Call this before the loop listens for requests
 * of the operator. Undefined without a supervisor.
 */
export function startNotifier(
  {supervisor, clock, onRetryNow}: NotifierDeps,
  stopping: AbortSignal,
  condition: () => ServiceCondition,
  over: AbortSignal,
): ServiceNotifier | undefined {
  if (!supervisor) return undefined
  const notifier = new ServiceNotifier(supervisor, clock, condition)
  onRetryNow?.(() => notifier.noteReload())
  if (stopping.aborted) notifier.noteStopping()
  else stopping.addEventListener('abort', () => notifier.noteStopping(), {once: true})
  void notifier.watch(over)
  return notifier
}

export class ServiceNotifier {
  private phase: 'starting' | 'serving' | 'reloading' | 'stopping' = 'starting'
  /** The last text that was sent. */
  private shown: string | undefined
  /** Monotonic milliseconds. */
  private lastSign = -Infinity

  constructor(
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly condition: () => ServiceCondition,
  ) {}

  /** Sends signs of life and changes of the condition. */
  async watch(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      this.update()
      await this.clock.delay(PERIOD, over)
    }
  }

  /** A reconcile has finished, successfully or not. It ends a reload. */
  noteReconciled(): void {
    this.update(this.phase === 'reloading')
  }

  /** The operator asked lbex to read everything again (SIGHUP). systemd waits for the end of a reload only if lbex serves. */
  noteReload(): void {
    if (this.phase !== 'serving') return
    this.phase = 'reloading'
    this.supervisor.notify({RELOADING: '1', MONOTONIC_USEC: `${process.hrtime.bigint() / 1000n}`})
  }

  /** lbex was asked to stop. */
  noteStopping(): void {
    this.phase = 'stopping'
    this.supervisor.notify({STOPPING: '1'})
    this.update()
  }

  private update(hasReloaded = false): void {
    const {ready, alive, text} = this.condition()
    const serves = hasReloaded || (ready && this.phase === 'starting')
    if (serves) this.phase = 'serving'
    const notification: Notification = {
      ...(serves && {READY: '1'}),
      ...(text !== this.shown && {STATUS: text}),
      ...(alive && this.signOfLife()),
    }
    this.shown = text
    if (Object.keys(notification).length > 0) this.supervisor.notify(notification)
  }

  /** Empty if none is due. */
  private signOfLife(): Notification {
    const {watchdog} = this.supervisor
    const starting = this.phase === 'starting'
    const period = starting ? START_PERIOD : watchdog && watchdog / SIGNS
    const now = this.clock.monotonic()
    if (period === undefined || now - this.lastSign < period - PERIOD / 2) return {}
    this.lastSign = now
    return starting ? {EXTEND_TIMEOUT_USEC: START_PATIENCE} : {WATCHDOG: '1'}
  }
}
