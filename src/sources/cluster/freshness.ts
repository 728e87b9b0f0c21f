/** How far what is known of the cluster can be trusted to be what it is now. */
import type {KindFreshness} from '../snapshot-source.js'
import type {Reflector} from './reflect.js'

/** `reflectors`: those of one kind. `now`: monotonic, as `since`, when they were made. */
export function freshnessOf(
  reflectors: readonly Reflector<unknown>[],
  now: number,
  since: number,
): KindFreshness {
  const proofs = reflectors.map(({confirmedAt}) => confirmedAt ?? Infinity)
  const age = now - Math.min(...proofs)
  const proven = !proofs.includes(Infinity)
  const failure = reflectors.find((reflector) => reflector.failure !== undefined)?.failure
  return {
    kind: reflectors[0]?.kind.resource.kind ?? '',
    age: proven ? age : undefined,
    ...(!proven && {waiting: now - since}),
    lists: sum(reflectors.map(({counts}) => counts.lists)),
    watches: sum(reflectors.map(({counts}) => counts.watches)),
    ...(failure && {failure}),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
