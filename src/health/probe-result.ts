/** What all kinds of probes have in common. */
import type {ProbeTarget} from '../core/model/probe-target.js'

/**
 * The result of a probe; `reason` completes the sentence "the probe failed: …". `isLocal`: the cause is this host, so the result
 * says nothing about the server.
 */
export type ProbeResult =
  {readonly ok: true} | {readonly ok: false; readonly reason: string; readonly isLocal?: true}

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

/** The result of a probe whose socket has an error. */
export function failedSocket(error: NodeJS.ErrnoException): ProbeResult {
  const {code = '', message} = error
  return {...failed(REASONS[code] ?? message), ...(LOCAL.has(code) && {isLocal: true})}
}

/** Too few file descriptors, or too little memory. */
const LOCAL: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS'])

/** Codes of libuv in a few words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
}
