/** Services that want one listener, and that only their pools keep apart: whether both are served depends on how lbex is run. */
import {describeObject, diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import {readIntent} from '../core/intent/intent.js'
import type {IntentOptions} from '../core/intent/options.js'
import type {PortIntent} from '../core/intent/service-intent.js'
import type {Service} from '../core/cluster/objects.js'

type Wish = {
  readonly service: Service
  readonly pool: string
  /** Whether the lbex that is checked for serves it. */
  readonly ours: boolean
  readonly port: PortIntent
  /** Every annotation for lbex but the pool. */
  readonly rest: string
}

const POOL = ANNOTATIONS.servicePool.key

/** Told to the one that comes later by namespace/name, once for each listener. */
export function findPoolOverlaps(services: readonly Service[], options: IntentOptions): Diagnostic[] {
  if (!services.some(({annotations}) => annotations[POOL])) return []
  const groups = new Map<string, Wish[]>()
  for (const wish of services
    .filter(({refused}) => !refused)
    .flatMap((service) => wishesOf(service, options))) {
    const listener = listenerOf(wish)
    const group = groups.get(listener)
    if (group) group.push(wish)
    else groups.set(listener, [wish])
  }
  return [...groups.values()].flatMap(overlapsIn)
}

/** What the Service asks for, judged by an lbex of its own pool. */
function wishesOf(service: Service, options: IntentOptions): Wish[] {
  const pool = service.annotations[POOL] ?? ''
  const {intent} = readIntent(service, {...options, servicePool: pool, affinity: 'default'})
  const others = Object.entries(service.annotations).filter(([key]) => key.includes('lbex') && key !== POOL)
  const rest = JSON.stringify([...others.sort(), service.ports])
  const ours = readIntent(service, options).intent !== undefined
  return (intent?.ports ?? []).map((port) => ({service, pool, ours, port, rest}))
}

function listenerOf({port: {listenPort, port}}: Wish): string {
  return `${listenPort}/${port.protocol}`
}

function overlapsIn(wishes: readonly Wish[]): Diagnostic[] {
  const sorted = [...wishes].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const earlier = new EarlierWishes()
  return sorted.flatMap((wish, index) => {
    const other = earlier.overlapping(wish)
    earlier.add({...wish, index})
    return other ? [overlap(wish, other)] : []
  })
}

type Placed = Wish & {readonly index: number}

/**
 * Finds the first earlier wish that overlaps another one, without a look at all of them. Two overlap if their pools differ, and
 * one has no pool or nothing but the pool differs; two that this lbex serves both are in conflict, which is reported as such.
 */
class EarlierWishes {
  /** For each group the first wish, and the first of another pool than that one has. */
  private readonly firsts = new Map<string, Placed[]>()

  add(wish: Placed): void {
    for (const group of ['all', wish.pool === '' ? 'no pool' : `rest ${wish.rest}`]) {
      const key = `${wish.ours} ${group}`
      const firsts = this.firsts.get(key) ?? []
      if (firsts.length === 2 || firsts[0]?.pool === wish.pool) continue
      this.firsts.set(key, [...firsts, wish])
    }
  }

  overlapping(wish: Wish): Wish | undefined {
    const groups = wish.pool === '' ? ['all'] : ['no pool', `rest ${wish.rest}`]
    const owners = wish.ours ? [false] : [false, true]
    return owners
      .flatMap((ours) => groups.map((group) => this.firsts.get(`${ours} ${group}`)))
      .flatMap((firsts) => firsts?.find(({pool}) => pool !== wish.pool) ?? [])
      .sort((a, b) => a.index - b.index)[0]
  }
}

function nameOf({service: {ref}}: Wish): string {
  return `${ref.namespace}\0${ref.name}`
}

function overlap(wish: Wish, other: Wish): Diagnostic {
  const {ref, origin} = other.service
  const args = {
    listener: `listen port ${listenerOf(wish)}`,
    other: `${describeObject(ref)} (${other.pool === '' ? 'of no pool' : `pool ${other.pool}`})`,
    pool: wish.pool || other.pool,
    shared: wish.pool === '' || other.pool === '',
  }
  const related = {
    message: 'asked for here too',
    object: ref,
    field: other.port.field,
    ...(origin && {origin}),
  }
  return diagnose('pool-overlap', {subject: wish.service, field: wish.port.field, args, related: [related]})
}

/** How many Services this lbex passes over because they belong to another pool, by pool. */
export function otherPools(
  services: readonly Service[],
  options: IntentOptions,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const service of services) {
    const pool = service.annotations[POOL] ?? ''
    if (pool === '' || readIntent(service, options).intent) continue
    if (readIntent(service, {...options, servicePool: pool, affinity: 'default'}).intent)
      counts.set(pool, (counts.get(pool) ?? 0) + 1)
  }
  return counts
}
