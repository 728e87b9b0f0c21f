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
  return {
    kind: reflectors[0]?.kind.resource.kind ?? '',
    age: isConfirmed ? age : undefined,
    ...(!isConfirmed && {waiting: now - since}),
    lists: sum(reflectors.map(({counts}) => counts.lists)),
    watches: sum(reflectors.map(({counts}) => counts.watches)),
    ...(failure && {failure}),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
