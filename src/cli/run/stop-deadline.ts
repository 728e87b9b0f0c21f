/** Exits lbex if it does not stop in time, and logs what it was waiting for. */
import {flushLog} from '../log-output.js'
import {EXIT} from '../../report/report.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'

export type StopDeadlineOptions = {
  readonly log: Logger
  readonly clock: Clock
  /** Milliseconds that lbex may take from `stopping` to its exit. */
  readonly budget: number
  readonly stopping: AbortSignal
  /** Called with an exit code; NGINX keeps running. Default: exits this process. */
  readonly end?: (exitCode: number) => void
}

/** Awaits `work`; the log calls it `what` if the deadline passes meanwhile. */
export type WaitFor = <T>(what: string, work: Promise<T>) => Promise<T>

export class StopDeadline {
  private readonly waiting: {readonly what: string}[] = []
  private readonly over = new AbortController()

  constructor(private readonly options: StopDeadlineOptions) {
    const {stopping} = options
    if (stopping.aborted) void this.begin()
    else stopping.addEventListener('abort', () => void this.begin(), {once: true, signal: this.over.signal})
  }

  readonly waitFor: WaitFor = async (what, work) => {
    const entry = {what}
    this.waiting.push(entry)
    try {
      return await work
    } finally {
      this.waiting.splice(this.waiting.indexOf(entry), 1)
    }
  }

  /** Cancels the deadline: lbex has stopped in time. */
  release(): void {
    this.over.abort()
  }

  private async begin(): Promise<void> {
    const {clock, budget, log, end = endProcess} = this.options
    await clock.delay(budget, this.over.signal)
    if (this.over.signal.aborted) return
    const waitingFor = this.waiting.map(({what}) => what)
    log.error('lbex did not stop in time and exits, NGINX keeps running', {waitingFor, budget})
    end(EXIT.failure)
  }
}

function endProcess(exitCode: number): void {
  void flushLog().then(() => process.exit(exitCode))
}
