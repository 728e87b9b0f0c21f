/**
 * Signals: the first that asks lbex to stop aborts an AbortSignal, the second ends lbex at once. SIGHUP is one of these where
 * there is a terminal, which has gone then; elsewhere it is an operator who wants lbex to look again.
 */
import {isatty} from 'node:tty'
import {flushLog} from '../log-output.js'
import type {Logger} from '../../util/logger.js'

const EXIT_CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const
type Signal = keyof typeof EXIT_CODES

export type Signals = {
  readonly stopping: AbortSignal
  /** Has `listener` called whenever lbex is asked to look again. */
  readonly onRetryNow: (listener: () => void) => void
  /** Leaves the signals to Node again. */
  readonly release: () => void
}

export type SignalOptions = {
  /** Called with an exit code for the second signal; NGINX goes on serving then. */
  readonly end?: (exitCode: number) => void
  /** Default: whether one of the standard streams is one. */
  readonly terminal?: boolean
}

export function handleSignals(log: Logger, options: SignalOptions = {}): Signals {
  const {end = endProcess, terminal = [0, 1, 2].some((stream) => isatty(stream))} = options
  const stopping = new AbortController()
  const listeners: (() => void)[] = []
  const onSignal = (signal: Signal): void => {
    if (signal === 'SIGHUP' && !terminal) {
      log.info('looking again', {signal})
      for (const listener of listeners) listener()
    } else if (stopping.signal.aborted) {
      log.warn('ending at once, NGINX is left as it is', {signal})
      end(EXIT_CODES[signal])
    } else {
      log.info('stopping', {signal})
      stopping.abort()
    }
  }
  const names = Object.keys(EXIT_CODES) as Signal[]
  for (const name of names) process.on(name, onSignal)
  return {
    stopping: stopping.signal,
    onRetryNow: (listener) => void listeners.push(listener),
    release: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

function endProcess(exitCode: number): void {
  void flushLog().then(() => process.exit(exitCode))
}
