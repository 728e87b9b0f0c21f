/** Services of different pools that ask for the same listener: whether both are served depends on the flags of lbex. */
import {describeObject, diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import {readIntent} from '../core/intent/intent.js'
import type {AddressRequest} from '../core/intent/listen-addresses.js'
import type {IntentOptions} from '../core/intent/options.js'
import type {PortIntent} from '../core/intent/service-intent.js'
import {describePorts, isWildcard} from '../core/model/listener-key.js'
import type {ModelOptions} from '../core/model/options.js'
import {firstListenPorts} from '../core/model/port-ranges.js'
import type {Service} from '../core/cluster/objects.js'

/** A Service has no listeners beyond its limit. */
type Options = IntentOptions & Pick<ModelOptions, 'maxListenersPerService'>

type ListenPortRequest = {
  readonly service: Service
  readonly pool: string
  /** Whether an lbex with the flags of this check serves it. */
  readonly ours: boolean
  readonly port: PortIntent
  /** The addresses and names that the Service selects, or EVERY_ADDRESS. */
  readonly addresses: readonly string[]
  /** The ports, and all lbex annotations except the pool. */
  readonly rest: string
}

const POOL = ANNOTATIONS.servicePool.key
const EVERY_ADDRESS = '*'

/** Reported for the later one by namespace/name, once per listener. */
export function findPoolOverlaps(services: readonly Service[], options: Options): Diagnostic[] {
  if (!services.some(({annotations}) => annotations[POOL])) return []
  const groups = new Map<string, ListenPortRequest[]>()
  for (const request of services
    .filter(({refused}) => !refused)
    .flatMap((service) => listenPortRequests(service, options))) {
    const listener = listenerOf(request)
    const group = groups.get(listener)
    if (group) group.push(request)
    else groups.set(listener, [request])
  }
  return joinRanges([...groups.values()].flatMap(overlapsIn)).map(overlap)
}

type Overlap = {
  readonly request: ListenPortRequest
  readonly other: ListenPortRequest
  readonly listenPorts: number[]
}

/** Joins the overlaps of two Service ports that have ranges of listen ports. */
function joinRanges(overlaps: readonly Overlap[]): Overlap[] {
  const joined = new Map<string, Overlap>()
  for (const each of overlaps) {
    const {request, other, listenPorts} = each
    const id = [nameOf(request), request.port.index, nameOf(other), other.port.index].join('\0')
    const known = joined.get(id)
    if (known) known.listenPorts.push(...listenPorts)
    else joined.set(id, each)
  }
  return [...joined.values()]
}

/** The listen ports that the Service requests from an lbex of its own pool. */
function listenPortRequests(service: Service, options: Options): ListenPortRequest[] {
  const pool = service.annotations[POOL] ?? ''
  const {intent} = readIntent(service, {...options, servicePool: pool, affinity: 'default'})
  const others = Object.entries(service.annotations).filter(([key]) => key.includes('lbex') && key !== POOL)
  const rest = JSON.stringify([...others.sort(), service.ports])
  const ours = readIntent(service, options).intent !== undefined
  // An address of a pool belongs to the Service alone.
  if (!intent || intent.addresses === 'invalid' || intent.pool !== 'none') return []
  const addresses = addressesOf(intent.addresses)
  const ports = firstListenPorts(intent.ports, options.maxListenersPerService)
  return ports.map((port) => ({service, pool, ours, port, addresses, rest}))
}

/** A wildcard overlaps every address, also of the other family: the families of a Service may not be known. */
function addressesOf(requested: 'all' | AddressRequest): readonly string[] {
  if (requested === 'all' || requested.entries.some(isWildcard)) return [EVERY_ADDRESS]
  return requested.entries
}

function listenerOf({port: {listenPort, port}}: ListenPortRequest): string {
  return `${listenPort}/${port.protocol}`
}

function overlapsIn(requests: readonly ListenPortRequest[]): Overlap[] {
  const sorted = [...requests].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const earlier = new EarlierByAddress()
  return sorted.flatMap((request, index) => {
    const other = earlier.overlapping(request)
    earlier.add({...request, index})
    return other ? [{request, other, listenPorts: [request.port.listenPort]}] : []
  })
}

/** A request for every address overlaps all others. */
class EarlierByAddress {
  private readonly all = new EarlierRequests()
  private readonly byAddress = new Map<string, EarlierRequests>()

  add(request: RankedRequest): void {
    this.all.add(request)
    for (const address of request.addresses) {
      const earlier = this.byAddress.get(address) ?? new EarlierRequests()
      this.byAddress.set(address, earlier)
      earlier.add(request)
    }
  }

  overlapping(request: ListenPortRequest): ListenPortRequest | undefined {
    const {addresses} = request
    if (addresses.includes(EVERY_ADDRESS)) return this.all.overlapping(request)
    return [...addresses, EVERY_ADDRESS]
      .flatMap((address) => this.byAddress.get(address)?.overlapping(request) ?? [])
      .sort((a, b) => a.index - b.index)[0]
  }
}

type RankedRequest = ListenPortRequest & {readonly index: number}

/**
 * Finds the first earlier request that overlaps a request, without comparing it with all of them. Two requests overlap if their
 * pools differ and either one has no pool, or only the pool differs. If this lbex serves both, `port-conflict` reports them.
 */
class EarlierRequests {
  /** For each group the first request, and the first request of another pool. */
  private readonly firsts = new Map<string, RankedRequest[]>()

  add(request: RankedRequest): void {
    for (const group of ['all', request.pool === '' ? 'no pool' : `rest ${request.rest}`]) {
      const key = `${request.ours} ${group}`
      const firsts = this.firsts.get(key) ?? []
      if (firsts.length === 2 || firsts[0]?.pool === request.pool) continue
      this.firsts.set(key, [...firsts, request])
    }
  }

  overlapping(request: ListenPortRequest): RankedRequest | undefined {
    const groups = request.pool === '' ? ['all'] : ['no pool', `rest ${request.rest}`]
    const owners = request.ours ? [false] : [false, true]
    return owners
      .flatMap((ours) => groups.map((group) => this.firsts.get(`${ours} ${group}`)))
      .flatMap((firsts) => firsts?.find(({pool}) => pool !== request.pool) ?? [])
      .sort((a, b) => a.index - b.index)[0]
  }
}

function nameOf({service: {ref}}: ListenPortRequest): string {
  return `${ref.namespace}\0${ref.name}`
}

function overlap({request, other, listenPorts}: Overlap): Diagnostic {
  const {ref, origin} = other.service
  const args = {
    listener: `listen port ${describePorts(listenPorts)}/${request.port.port.protocol}`,
    other: `${describeObject(ref)} (${other.pool === '' ? 'of no pool' : `pool ${other.pool}`})`,
    pool: request.pool || other.pool,
    shared: request.pool === '' || other.pool === '',
  }
  const related = {
    message: 'requested here too',
    object: ref,
    field: other.port.field,
    ...(origin && {origin}),
  }
  return diagnose('pool-overlap', {
    subject: request.service,
    field: request.port.field,
    args,
    related: [related],
  })
}

/** The number of Services that this lbex skips because they belong to another pool, by pool. */
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
