/** What an lbex of each pool would find in the Services of its own: a check for no pool in particular judges them all. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import type {EvaluateOptions} from '../evaluate.js'
import {ANNOTATIONS} from '../intent/annotations.js'
import type {Service} from '../snapshot/objects.js'
import type {ClusterSnapshot} from '../snapshot/snapshot.js'
import {findProblems} from './find-problems.js'

const POOL = ANNOTATIONS.servicePool.key

/** As findProblems, with what is found for each pool, once. Listeners shared with other pools are left to pool-overlap. */
export function findInPools(
  snapshot: ClusterSnapshot,
  options: EvaluateOptions,
  context: readonly Service[] = [],
): Diagnostic[] {
  const members = membersByPool([...snapshot.services, ...context])
  const found = [...members].flatMap(([servicePool, refs]) =>
    findProblems(snapshot, {...options, servicePool, affinity: 'strict'}, context).filter(({object}) =>
      refs.has(object),
    ),
  )
  return onceEach([...findProblems(snapshot, options, context), ...found])
}

function membersByPool(services: readonly Service[]): Map<string, Set<ObjectRef>> {
  const pools = new Map<string, Set<ObjectRef>>()
  for (const {ref, annotations} of services) {
    const pool = annotations[POOL]
    if (pool) pools.set(pool, (pools.get(pool) ?? new Set()).add(ref))
  }
  return pools
}

/** Objects are told apart by identity: one that is defined twice has one name. */
function onceEach(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<ObjectRef, Set<string>>()
  return diagnostics.filter(({code, object, field, on, message}) => {
    const key = JSON.stringify([code, field, on, message])
    const keys = seen.get(object) ?? new Set()
    seen.set(object, keys)
    return !keys.has(key) && keys.add(key)
  })
}
