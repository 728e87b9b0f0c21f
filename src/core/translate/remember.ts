/** Caches of the translator's stages, by the identity of their inputs. */
import {STEP, type Steps} from '../model/steps.js'

/** True if both lists have the same items in the same order; objects are compared by identity. */
export function haveSameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]))
}

/**
 * Like mapInSteps, but makes the result of an item only once while `common`, the inputs of all items, stay the same. The result
 * may not depend on anything else.
 */
export type MapOnceInSteps<Item, Result> = (
  common: readonly unknown[],
  items: readonly Item[],
  make: (item: Item) => Result,
) => Steps<Result[]>

type Latest<Item, Result> = {
  readonly common: readonly unknown[]
  readonly items: readonly Item[]
  readonly results: readonly Result[]
  /** All results for `common`. */
  readonly cache: WeakMap<object, Result>
}

/**
 * Most items are in the same place as in the last call. Comparing the lists is cheaper than a lookup of each item: an item that
 * is not read costs no access to memory. Calls may be interleaved: each one uses only the cache for its own `common`.
 */
export function mapOnceInSteps<Item extends object, Result extends object>(): MapOnceInSteps<Item, Result> {
  let latest: Latest<Item, Result> = {common: [], items: [], results: [], cache: new WeakMap()}
  return function* (common, items, make) {
    if (!haveSameItems(common, latest.common)) latest = {common, items: [], results: [], cache: new WeakMap()}
    const {items: before, results, cache} = latest
    const made: Result[] = []
    for (const item of items) {
      const place = made.length
      let result = item === before[place] ? results[place] : cache.get(item)
      if (!result) cache.set(item, (result = make(item)))
      if (made.push(result) % STEP === 0) yield
    }
    latest = {common, items, results: made, cache}
    return made
  }
}
