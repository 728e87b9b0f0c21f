/** The first of several events decides a probe; the others come too late. */
import type {ProbeResult, RunningProbes} from './probe-result.js'

export type Decide = (result: ProbeResult) => void

/**
 * Calls `start`, which begins a probe and returns how to end it. Resolves with the first result that `start` decides, with
 * `atTimeout` after `timeout` milliseconds, or when the function in `running` is called; the probe has been ended then.
 */
export function oneResult(
  {timeout, running}: {readonly timeout: number; readonly running: RunningProbes},
  start: (decide: Decide) => () => void,
  atTimeout: ProbeResult = timedOut(timeout),
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let isDecided = false
    let end = (): void => {}
    const decide: Decide = (result) => {
      if (isDecided) return
      isDecided = true
      clearTimeout(timer)
      running.delete(abandon)
      end()
      resolve(result)
    }
    const abandon = (): void => decide(failed('lbex is stopping'))
    const timer = setTimeout(() => decide(atTimeout), timeout)
    running.add(abandon)
    end = start(decide)
    if (isDecided) end()
  })
}

export function failed(reason: string): ProbeResult {
  return {ok: false, reason}
}

function timedOut(timeout: number): ProbeResult {
  return failed(`no answer within ${timeout} ms`)
}

/** An error of a socket in a few words: the codes of libuv, or its message. */
export function socketReason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
}
