/** What an lbex of each pool would find in the Services of its own: a check for no pool in particular judges them all. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import {UNKNOWN_HOST_STATE} from '../core/model/host-state.js'
import {createNodeViewer} from '../core/model/nodes.js'
import {createTranslator, type TranslatorOptions} from '../core/translate/translator.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import type {Service} from '../core/cluster/objects.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'
import {findProblems, judgedTogether, withoutStrangers} from './find-problems.js'

const POOL = ANNOTATIONS.servicePool.key

/** As findProblems, with what is found for each pool, once. Listeners shared with other pools are left to pool-overlap. */
export function findInPools(
  snapshot: ClusterSnapshot,
  options: TranslatorOptions,
  context: readonly Service[] = [],
): Diagnostic[] {
  const {services, strangers} = judgedTogether(snapshot.services, context)
  // Once for all pools: what a Node means does not depend on the pool.
  const nodes = createNodeViewer(options)(snapshot.nodes)
  const viewNodes = () => nodes
  // A pool is judged by its own members: with hundreds of pools, all Services for each of them would take minutes.
  const found = [...membersByPool(services)].flatMap(([servicePool, members]) => {
    const refs = new Set<ObjectRef>(members.map(({ref}) => ref))
    const ofPool = {...options, servicePool, affinity: 'strict'} as const
    const {translate} = createTranslator(ofPool, viewNodes)
    const {diagnostics} = translate({...snapshot, services: members}, UNKNOWN_HOST_STATE)
    return diagnostics.filter(({object}) => refs.has(object))
  })
  return onceEach([
    ...findProblems(snapshot, options, context, viewNodes),
    ...withoutStrangers(found, strangers),
  ])
}

function membersByPool(services: readonly Service[]): Map<string, Service[]> {
  const pools = new Map<string, Service[]>()
  for (const service of services) {
    const pool = service.annotations[POOL]
    if (!pool) continue
    const members = pools.get(pool)
    if (members) members.push(service)
    else pools.set(pool, [service])
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
