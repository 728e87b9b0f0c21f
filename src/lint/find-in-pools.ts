/** The diagnostics of one lbex per pool: a check without a pool covers the Services of all pools. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../core/model/host-state.js'
import {createNodeViewer} from '../core/model/nodes.js'
import {createTranslator, type TranslatorOptions} from '../core/translate/translator.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import type {Service} from '../core/cluster/objects.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'
import {findProblems, checkedTogether, withoutContextOnly} from './find-problems.js'

const POOL = ANNOTATIONS.servicePool.key

/** Like findProblems, plus the diagnostics of each pool, without duplicates. `pool-overlap` reports listeners that pools share. */
export function findInPools(
  snapshot: ClusterSnapshot,
  options: TranslatorOptions,
  context: readonly Service[] = [],
  host: HostState = UNKNOWN_HOST_STATE,
): Diagnostic[] {
  const {services, contextOnly} = checkedTogether(snapshot.services, context)
  // Once for all pools: the view of Nodes does not depend on the pool.
  const nodes = createNodeViewer(options)(snapshot.nodes)
  const viewNodes = () => nodes
  // Each pool is translated with its own Services only: all Services for each of hundreds of pools would take minutes.
  const found = [...membersByPool(services)].flatMap(([servicePool, members]) => {
    const refs = new Set<ObjectRef>(members.map(({ref}) => ref))
    const ofPool = {...options, servicePool, affinity: 'strict'} as const
    const {translate} = createTranslator(ofPool, viewNodes)
    const {diagnostics} = translate({...snapshot, services: members}, host)
    return diagnostics.filter(({object}) => refs.has(object))
  })
  return onceEach([
    ...findProblems(snapshot, options, context, host, viewNodes),
    ...withoutContextOnly(found, contextOnly),
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

/** Compares objects by identity, because an object that is defined twice has the same name twice. */
function onceEach(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<ObjectRef, Set<string>>()
  return diagnostics.filter(({code, object, field, on, message}) => {
    const key = JSON.stringify([code, field, on, message])
    const keys = seen.get(object) ?? new Set()
    seen.set(object, keys)
    return !keys.has(key) && keys.add(key)
  })
}
