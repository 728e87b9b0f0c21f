/**
 * Signal handlers: the first SIGINT or SIGTERM aborts an AbortSignal, the second exits at once. SIGHUP on a terminal means that the
 * terminal is gone, and stops lbex too; without a terminal it asks lbex to read everything again.
 */
import {isatty} from 'node:tty'
import {flushLog} from '../log-output.js'
import type {Logger} from '../../util/logger.js'

const EXIT_CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const
type Signal = keyof typeof EXIT_CODES

export type Signals = {
  readonly stopping: AbortSignal
  /** Registers a listener that is called on SIGHUP without a terminal; at once if there was one before. */
  readonly onRetryNow: (listener: () => void) => void
  /** Removes the handlers. */
  readonly release: () => void
}

export type SignalOptions = {
  /** Called with an exit code for the second signal; NGINX keeps serving. Default: exits this process. */
  readonly end?: (exitCode: number) => void
  /** Whether lbex has a terminal. Default: whether one of the standard streams is a terminal. */
  readonly terminal?: boolean
}

export function handleSignals(log: Logger, options: SignalOptions = {}): Signals {
  const {end = endProcess, terminal = [0, 1, 2].some((stream) => isatty(stream))} = options
  const stopping = new AbortController()
  const listeners: (() => void)[] = []
  let hasAsked = false
  const onSignal = (signal: Signal): void => {
    if (signal === 'SIGHUP' && !terminal) {
      log.info('reading everything again', {signal})
      hasAsked = true
      for (const listener of listeners) listener()
    } else if (stopping.signal.aborted) {
      log.warn('exiting immediately, NGINX keeps running', {signal})
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
    onRetryNow: (listener) => {
      listeners.push(listener)
      // Credentials, for example, may have been read before the signal.
      if (hasAsked) listener()
    },
    release: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

function endProcess(exitCode: number): void {
  void flushLog().then(() => process.exit(exitCode))
}
