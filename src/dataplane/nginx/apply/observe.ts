/** Reports how long tests, starts and reloads of NGINX took and how they ended; does not change their results. */
import {Failure} from '../../../diagnostics/failure.js'
import type {Clock} from '../../../util/clock.js'
import type {Refusal} from '../process/refusal.js'
import type {ActivationResult, Observe, ReloadReason, TestResult} from '../../data-plane.js'

export type ObserveDeps = {readonly clock: Clock; readonly observe?: Observe | undefined}

/** Undefined if NGINX did what it was asked to; otherwise why it refused. */
type NginxStep = () => Promise<Refusal | undefined>

export function observeTest({clock, observe}: ObserveDeps, test: NginxStep): ReturnType<NginxStep> {
  return timed(clock, test, (end, duration) => {
    observe?.({type: 'test', result: testResultOf(end), duration})
  })
}

export function observeStart({clock, observe}: ObserveDeps, start: NginxStep): ReturnType<NginxStep> {
  return timed(clock, start, (result, duration) => observe?.({type: 'start', result, duration}))
}

export function observeReload(
  {clock, observe}: ObserveDeps,
  reason: ReloadReason,
  reload: NginxStep,
): ReturnType<NginxStep> {
  return timed(clock, reload, (result, duration) => observe?.({type: 'reload', reason, result, duration}))
}

function testResultOf(end: ActivationResult): TestResult {
  if (end === 'confirmed') return 'accepted'
  return end === 'refused' || end === 'abandoned' ? end : 'failed'
}

async function timed(
  clock: Clock,
  attempt: NginxStep,
  report: (result: ActivationResult, duration: number) => void,
): ReturnType<NginxStep> {
  const begun = clock.monotonic()
  try {
    const refusal = await attempt()
    report(endOf(refusal), clock.monotonic() - begun)
    return refusal
  } catch (error) {
    report(resultOf(error), clock.monotonic() - begun)
    throw error
  }
}

function endOf(refusal: Refusal | undefined): ActivationResult {
  if (refusal?.exhausted) return 'failed'
  return refusal ? 'refused' : 'confirmed'
}

const RESULTS: Readonly<Record<string, ActivationResult>> = {
  'nginx-unconfirmed': 'unconfirmed',
  'nginx-died': 'died',
  'nginx-stopping': 'abandoned',
}

function resultOf(error: unknown): ActivationResult {
  if (error instanceof Failure) return RESULTS[error.code] ?? 'failed'
  return error instanceof Error && error.name === 'AbortError' ? 'abandoned' : 'failed'
}
