/** What the controller reads from: a source of ClusterSnapshots that can be watched for changes. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import type {Failure} from '../diagnostics/failure.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'

export type SnapshotReading = {
  readonly snapshot: ClusterSnapshot
  /** Problems with the syntax or the types of the objects. */
  readonly diagnostics: readonly Diagnostic[]
  /** Adds a `location` to each diagnostic (and related place) whose origin is from this source. */
  readonly locate: (diagnostics: readonly Diagnostic[]) => Diagnostic[]
  /** When the changes of endpoints since the last reading were triggered, if the source knows; one for each object. */
  readonly triggers?: readonly Trigger[]
}

/** A change of endpoints, with the time that the controllers of the cluster recorded. */
export type Trigger = {
  /** The Service whose endpoints changed. */
  readonly service: ObjectRef
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** How old the copy of one kind is. */
export type KindFreshness = {
  /** `Service`, `EndpointSlice` (or `Endpoints`, if the API has only these), `Node`. */
  readonly kind: string
  /** Milliseconds since the copy was last known to be up to date; undefined before the first list. The oldest of all namespaces. */
  readonly age: number | undefined
  /** Milliseconds since the source began to wait for the first list; absent once there was one. */
  readonly waiting?: number
  /** Lists that were started and watches that were opened since the start. */
  readonly lists: number
  readonly watches: number
  /** Why the kind cannot be read at present. */
  readonly failure?: Failure
  /** Milliseconds until the next attempt after that failure; absent while an attempt runs. */
  readonly retryIn?: number
}

export interface SnapshotSource {
  /** False if a reading just after a change may be incomplete, as of a file that is being written. */
  readonly changesAreAtomic: boolean

  /**
   * Reads the current state. Objects that did not change since the last reading keep their identity, so that results that
   * are cached for them stay valid. Rejects with a Failure if nothing can be read.
   */
  read(signal: AbortSignal): Promise<SnapshotReading>

  /** Calls `onChange` whenever the next reading may differ; settles when `signal` aborts, rejects with a Failure. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>

  /** Ends all waits for a retry, and drops cached credentials. */
  retryNow(): void

  /** One entry for each kind that is watched in a cluster; empty for files, which are never out of date. */
  freshness(): readonly KindFreshness[]

  /** Ends all activity; resolves when it has ended. */
  close(): Promise<void>
}
