/** SIGTERM and SIGINT as an AbortSignal: the first asks lbex to stop, the second ends it at once. */
import {flushLog} from '../cli/log-output.js'
import type {Logger} from '../runtime/logger.js'

const EXIT_CODES = {SIGINT: 130, SIGTERM: 143} as const
type StopSignal = keyof typeof EXIT_CODES

export type StopSignals = {
  readonly stopping: AbortSignal
  /** Leaves the signals to Node again. */
  readonly release: () => void
}

/** `end` is called with an exit code for the second signal; NGINX goes on serving then. */
export function stopSignals(
  log: Logger,
  end: (exitCode: number) => void = (code) => void flushLog().then(() => process.exit(code)),
): StopSignals {
  const stopping = new AbortController()
  const onSignal = (signal: StopSignal): void => {
    if (stopping.signal.aborted) {
      log.warn('ending at once, NGINX is left as it is', {signal})
      return end(EXIT_CODES[signal])
    }
    log.info('stopping', {signal})
    stopping.abort()
  }
  const names = Object.keys(EXIT_CODES) as StopSignal[]
  for (const name of names) process.on(name, onSignal)
  return {
    stopping: stopping.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
