/** How far what is known of the cluster can be trusted to be what it is now. */
import type {Failure} from '../../diagnostics/failure.js'
import type {Reflector} from './reflect.js'

export type KindFreshness = {
  /** `Service`, `EndpointSlice` (or `Endpoints`, where the API has only these), `Node`. */
  readonly kind: string
  /** Milliseconds since the last proof of being up to date; undefined before the first. Of several namespaces the oldest. */
  readonly age: number | undefined
  /** Lists that were begun and watches that were opened, since the start. */
  readonly lists: number
  readonly watches: number
  /** Why nothing comes at present. */
  readonly failure?: Failure
}

/** `reflectors`: those of one kind. `now`: monotonic. */
export function freshnessOf(reflectors: readonly Reflector<unknown>[], now: number): KindFreshness {
  const proofs = reflectors.map(({provenAt}) => provenAt ?? Infinity)
  const age = now - Math.min(...proofs)
  const failure = reflectors.find((reflector) => reflector.failure !== undefined)?.failure
  return {
    kind: reflectors[0]?.kind.resource.kind ?? '',
    age: proofs.includes(Infinity) ? undefined : age,
    lists: sum(reflectors.map(({counts}) => counts.lists)),
    watches: sum(reflectors.map(({counts}) => counts.watches)),
    ...(failure && {failure}),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
