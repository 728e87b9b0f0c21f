/** What all kinds of probes have in common. */
import type {ProbeTarget} from '../core/model/probe-target.js'

/** The result of a probe; `reason` completes the sentence "the probe failed: …". */
export type ProbeResult = {readonly ok: true} | {readonly ok: false; readonly reason: string}

/**
 * Never rejects. Takes at most the time-out of the check. While it runs, `running` has a function that ends it early; the result
 * then says nothing about the server. A Set, because an AbortSignal for thousands of probes a second is slow.
 */
export type Probe = (target: ProbeTarget, running: RunningProbes) => Promise<ProbeResult>

export type RunningProbes = Set<() => void>
