/** Whether the known state of the cluster is out of date. It continues to be served: an outage of the API server must not stop traffic. */
import type {KindFreshness} from '../sources/snapshot-source.js'

export type Staleness = {
  /** True if there was no update of a kind for too long. */
  readonly stale: boolean
  /** Milliseconds since the last update of the kind that has waited longest; 0 if nothing is watched or known yet. */
  readonly age: number
  /** The kinds that are stale. */
  readonly kinds: readonly KindFreshness[]
}

/** `staleAfter`: milliseconds. */
export function stalenessOf(freshness: readonly KindFreshness[], staleAfter: number): Staleness {
  const kinds = freshness.filter((kind) => ageOf(kind) > staleAfter)
  return {stale: kinds.length > 0, age: Math.max(0, ...freshness.map(ageOf)), kinds}
}

/** Nodes that lbex may not read do not count as stale: a diagnostic reports them. */
function ageOf({kind, age, waiting = 0, failure}: KindFreshness): number {
  if (age !== undefined) return age
  return kind === 'Node' && failure?.code === 'api-forbidden' ? 0 : waiting
}

/** As a sentence; undefined if nothing is stale. */
export function describeStaleness({stale, age, kinds}: Staleness): string | undefined {
  if (!stale) return undefined
  const names = kinds.map(({kind}) => kind).join(', ')
  const failure = kinds.find((kind) => kind.failure)?.failure
  return `stale: no updates of ${names} for ${Math.round(age / 1000)} s${failure ? ` (${failure.message})` : ''}`
}
