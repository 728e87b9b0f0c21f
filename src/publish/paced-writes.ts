/** Limits the rate of this lbex's writes to the API server, and counts their results. */
import {Failure} from '../diagnostics/failure.js'
import {ApiFailure} from '../kube/api-failure.js'
import type {KubeAccess, WriteRequest} from '../kube/access.js'
import type {RawObject} from '../kube/answers.js'
import type {Clock} from '../util/clock.js'

export type WriteKind = 'status' | 'finalizer' | 'event'

/** The result of a write request. */
export type WriteResult =
  | 'written'
  /** The object had changed since it was read. */
  | 'conflict'
  /** The object does not exist. */
  | 'absent'
  | 'forbidden'
  /** The API server rejects the object as invalid. */
  | 'refused'
  /** Any other error; the write is retried. */
  | 'failed'

export type OnWrite = (kind: WriteKind, result: WriteResult) => void

export type PacedWrite = (kind: WriteKind, request: WriteRequest, signal: AbortSignal) => Promise<RawObject>

export type PacedWriteDeps = {
  readonly access: Pick<KubeAccess, 'write'>
  readonly clock: Clock
  readonly onWrite: OnWrite
}

/** Sends at most `perSecond` requests in any second, in the order of the calls. Rejects as `KubeAccess.write` does. */
export function paceWrites({access, clock, onWrite}: PacedWriteDeps, perSecond: number): PacedWrite {
  const admit = createAdmission(clock, perSecond)
  return async (kind, request, signal) => {
    await admit(signal)
    signal.throwIfAborted()
    try {
      const answer = await access.write(request, signal)
      onWrite(kind, 'written')
      return answer
    } catch (error) {
      if (!signal.aborted) onWrite(kind, resultOf(error))
      throw error
    }
  }
}

/** A sliding window, because a token bucket would allow twice the rate in the first second after an idle period. */
function createAdmission(clock: Clock, perSecond: number): (signal: AbortSignal) => Promise<void> {
  const admitted: number[] = []
  let queue = Promise.resolve()
  const admit = async (signal: AbortSignal): Promise<void> => {
    const [oldest = 0] = admitted
    const wait = admitted.length < perSecond ? 0 : oldest + 1000 - clock.monotonic()
    if (wait > 0) await clock.delay(wait, signal)
    if (signal.aborted) return
    admitted.push(clock.monotonic())
    if (admitted.length > perSecond) admitted.shift()
  }
  return (signal) => (queue = queue.then(() => admit(signal)))
}

const RESULTS: Readonly<Record<string, WriteResult>> = {
  'api-conflict': 'conflict',
  'api-absent': 'absent',
  'api-forbidden': 'forbidden',
}

/** Credentials, TLS or an address that is wrong concern every write: that is not a refusal of the object. */
export function resultOf(error: unknown): WriteResult {
  if (!(error instanceof Failure)) return 'failed'
  return RESULTS[error.code] ?? (isRefusal(error) ? 'refused' : 'failed')
}

function isRefusal(failure: Failure): boolean {
  return failure instanceof ApiFailure && failure.code === 'api-error' && !failure.temporary
}
