/** How old the copy of the cluster is. */
import type {KindFreshness} from '../snapshot-source.js'
import type {Reflector} from './reflect.js'

/** `reflectors`: those of one kind. `now` and `since` (when they were created) are monotonic times. */
export function freshnessOf(
  reflectors: readonly Reflector<unknown>[],
  now: number,
  since: number,
): KindFreshness {
  const times = reflectors.map(({confirmedAt}) => confirmedAt ?? Infinity)
  const age = now - Math.min(...times)
  const isConfirmed = !times.includes(Infinity)
  const failure = reflectors.find((reflector) => reflector.failure !== undefined)?.failure
  const retryIn = soonest(reflectors, now)
  return {
    kind: reflectors[0]?.kind.resource.kind ?? '',
    age: isConfirmed ? age : undefined,
    ...(!isConfirmed && {waiting: now - since}),
    lists: sum(reflectors.map(({counts}) => counts.lists)),
    watches: sum(reflectors.map(({counts}) => counts.watches)),
    ...(failure && {failure}),
    ...(failure && retryIn !== undefined && {retryIn}),
  }
}

/** The soonest attempt of those that wait. */
function soonest(reflectors: readonly Reflector<unknown>[], now: number): number | undefined {
  const times = reflectors.flatMap(({pacing}) => pacing.waitsUntil ?? [])
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
