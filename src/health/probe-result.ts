/** What all kinds of probes have in common. */
import type {ProbeTarget} from '../core/model/probe-target.js'

/** The result of a probe; `reason` completes the sentence "the probe failed: …". */
export type ProbeResult = {readonly ok: true} | {readonly ok: false; readonly reason: string}

/** Ends the probe: the first result counts, and those that come later are ignored. */
export type Decide = (result: ProbeResult) => void

/** A probe that has begun. The caller ends it once it has a result, or when the time-out of the check is over. */
export type RunningProbe = {
  /** Frees the socket. `decide` may still be called. */
  readonly end: () => void
  /** The result at the time-out, if that is not a failure. */
  readonly atTimeout?: ProbeResult
}

/**
 * Begins a probe. Never throws, and calls `decide` only after it has returned. Without a promise, a timer and an AbortSignal for
 * each probe, because thousands of probes a second need a large part of a core then.
 */
export type Probe = (target: ProbeTarget, decide: Decide) => RunningProbe

export function failed(reason: string): ProbeResult {
  return {ok: false, reason}
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
