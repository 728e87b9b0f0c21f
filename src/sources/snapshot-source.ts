/** The edge in: whatever can be read as a ClusterSnapshot and watched for changes. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import type {Failure} from '../diagnostics/failure.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'

export type SnapshotReading = {
  readonly snapshot: ClusterSnapshot
  /** What was wrong with the text or the shape of what was read. */
  readonly diagnostics: readonly Diagnostic[]
  /** Adds a `location` to each diagnostic (and related place) whose origin this source made. */
  readonly locate: (diagnostics: readonly Diagnostic[]) => Diagnostic[]
  /** When the changes of endpoints since the last reading were set off, as far as the source knows; one for each object. */
  readonly triggers?: readonly Trigger[]
}

/** A change of endpoints, as the controllers of the cluster date it. */
export type Trigger = {
  /** The Service whose endpoints changed. */
  readonly service: ObjectRef
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** How far what is known of one kind can be trusted to be what it is now. */
export type KindFreshness = {
  /** `Service`, `EndpointSlice` (or `Endpoints`, where the API has only these), `Node`. */
  readonly kind: string
  /** Milliseconds since the last proof of being up to date; undefined before the first. Of several namespaces the oldest. */
  readonly age: number | undefined
  /** Milliseconds that the first proof has been waited for; absent once there was one. */
  readonly waiting?: number
  /** Lists that were begun and watches that were opened, since the start. */
  readonly lists: number
  readonly watches: number
  /** Why nothing comes at present. */
  readonly failure?: Failure
}

export interface SnapshotSource {
  /** True where a change is one as soon as it is told; false where what is read then may be half of it, as of a file. */
  readonly changesAreAtomic: boolean

  /**
   * Reads the world once. Objects that did not change since the last reading keep their identity, so that work
   * remembered for them stays valid. Rejects with a Failure when nothing can be read.
   */
  read(signal: AbortSignal): Promise<SnapshotReading>

  /** Calls `onChange` whenever the next reading may differ; settles when `signal` aborts, rejects with a Failure. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>

  /** Somebody wants it: what waits to be tried again is tried now, and nothing is taken from memory that can be read anew. */
  retryNow(): void

  /** One entry for each kind that is watched in a cluster; none where files are read, which are never out of date. */
  freshness(): readonly KindFreshness[]

  /** Ends all that is under way; resolves when nothing is left behind. */
  close(): Promise<void>
}
