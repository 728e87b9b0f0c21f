/** The edge in: whatever can be read as a ClusterSnapshot and watched for changes. */
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../snapshot/snapshot.js'

export type Reading = {
  readonly snapshot: ClusterSnapshot
  /** What was wrong with the text or the shape of what was read. */
  readonly diagnostics: readonly Diagnostic[]
  /** Adds a `location` to each diagnostic (and related place) whose origin this source made. */
  readonly locate: (diagnostics: readonly Diagnostic[]) => Diagnostic[]
  /**
   * When the changes of endpoints since the last reading were set off, as far as the source knows: milliseconds since the
   * epoch, one for each object.
   */
  readonly triggeredAt?: readonly number[]
}

export interface SnapshotSource {
  /**
   * Reads the world once. Objects that did not change since the last reading keep their identity, so that work
   * remembered for them stays valid. Rejects with a Failure when nothing can be read.
   */
  read(signal: AbortSignal): Promise<Reading>

  /** Calls `onChange` whenever the next reading may differ; settles when `signal` aborts, rejects with a Failure. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>
}
