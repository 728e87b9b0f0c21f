/** Whether what is known of the cluster is out of date. It is served all the same: an API server that is away takes nobody down. */
import type {KindFreshness} from '../sources/snapshot-source.js'

export type Staleness = {
  /** True when a kind has gone without news for too long. */
  readonly stale: boolean
  /** Milliseconds since the last news of the kind that has waited longest; 0 where nothing is watched or known yet. */
  readonly age: number
  /** The kinds that are stale. */
  readonly kinds: readonly KindFreshness[]
}

/** `staleAfter`: milliseconds. */
export function stalenessOf(freshness: readonly KindFreshness[], staleAfter: number): Staleness {
  const kinds = freshness.filter((kind) => silenceOf(kind) > staleAfter)
  return {stale: kinds.length > 0, age: Math.max(0, ...freshness.map(silenceOf)), kinds}
}

/** Nodes that may not be read are not waited for: a finding tells of them. */
function silenceOf({kind, age, waiting = 0, failure}: KindFreshness): number {
  if (age !== undefined) return age
  return kind === 'Node' && failure?.code === 'api-forbidden' ? 0 : waiting
}

/** In words; undefined where nothing is stale. */
export function describeStaleness({stale, age, kinds}: Staleness): string | undefined {
  if (!stale) return undefined
  const names = kinds.map(({kind}) => kind).join(', ')
  const failure = kinds.find((kind) => kind.failure)?.failure
  return `stale: no news of ${names} for ${Math.round(age / 1000)} s${failure ? ` (${failure.message})` : ''}`
}
