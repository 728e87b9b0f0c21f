/** What one Service wants from the pools, with everything that does not depend on other Services. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {addressNumber} from '../cluster/address-pool.js'
import {createdAt, orderOf} from '../cluster/by-age.js'
import {parseIp} from '../cluster/ip-address.js'
import type {IpFamily} from '../cluster/objects.js'
import {familiesOfService} from '../cluster/service-families.js'
import type {PoolRequest} from '../intent/pool-request.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {PoolProblem} from './assignment.js'
import {hasAddress, type SortedPool} from './open-pools.js'

export type Wish = {
  readonly intent: ServiceIntent
  /** NAMESPACE/NAME */
  readonly key: string
  /** Milliseconds since the epoch; Infinity for an object that the API server has not created yet. */
  readonly createdAt: number
  readonly order: string
  readonly pool: SortedPool
  /** True if the Service names the pool: an address of another pool is given back. */
  readonly isNamed: boolean
  /** True if the request is not valid, so that the Service gets no address, but keeps those in its status. */
  readonly isClosed: boolean
  /** The families in which it gets an address, or keeps one: those of the Service. */
  readonly families: readonly IpFamily[]
  /** The addresses that it states, by family. */
  readonly stated: Partial<Record<IpFamily, string>>
  /** The field that states them. */
  readonly field?: FieldPath
  /** Absent: it shares with no other Service. */
  readonly sharing?: {readonly group: string; readonly ports: readonly string[]}
  /** Why stated addresses cannot be used; the Service then gets no address of these families. */
  readonly problems: readonly PoolProblem[]
}

/** `pools` has at least one, and the one that the Service requests; `mostPorts`: of one Service, as `maxListenersPerService`. */
export function makeWish(
  intent: ServiceIntent,
  request: PoolRequest,
  pools: readonly SortedPool[],
  mostPorts: number,
): Wish {
  const pool = poolOf(request, pools)
  const wanted = familiesOf(intent, request, pool)
  const {stated, problems, blocked} = readStated(request, pool, wanted)
  const families = wanted.filter((family) => !blocked.has(family))
  return {
    ...{...identityOf(intent), isClosed: false},
    ...{pool, isNamed: request.pool !== undefined, families, stated, problems},
    ...(request.stated && {field: request.stated.field}),
    ...(request.sharing !== undefined && {
      sharing: {group: request.sharing, ports: firstPorts(intent.ports, mostPorts)},
    }),
  }
}

/** For a Service whose request is not valid. `pools` has at least one. */
export function makeClosedWish(intent: ServiceIntent, pools: readonly SortedPool[]): Wish {
  return {
    ...{...identityOf(intent), isClosed: true},
    ...{pool: poolOf({}, pools), isNamed: false, families: [], stated: {}, problems: []},
  }
}

function identityOf(intent: ServiceIntent): Pick<Wish, 'intent' | 'key' | 'createdAt' | 'order'> {
  const {service} = intent
  const key = `${service.ref.namespace}/${service.ref.name}`
  return {intent, key, createdAt: createdAt(service), order: orderOf(service)}
}

function poolOf({pool: name}: PoolRequest, pools: readonly SortedPool[]): SortedPool {
  const pool = name === undefined ? pools[0] : pools.find((each) => each.name === name)
  if (!pool) throw new Error(`there is no address pool ${name ?? ''}`)
  return pool
}

/** The families of the Service. If they are unknown, that of a stated address, or one that the pool has, preferably IPv4. */
function familiesOf(
  {service}: ServiceIntent,
  {stated}: PoolRequest,
  {ranges}: SortedPool,
): readonly IpFamily[] {
  const known = familiesOfService(service)
  if (known.length > 0) return known
  const entries = new Set(stated?.entries.flatMap((entry) => parseIp(entry)?.family ?? []))
  if (entries.size > 0) return [...entries].sort()
  return ranges.IPv4.length > 0 ? ['IPv4'] : ['IPv6']
}

type Stated = Pick<Wish, 'stated' | 'problems'> & {readonly blocked: ReadonlySet<IpFamily>}

/** A Service that states an address gets no other one of that family. */
function readStated({stated}: PoolRequest, pool: SortedPool, families: readonly IpFamily[]): Stated {
  if (!stated) return NOTHING_STATED
  const {field} = stated
  const usable: Partial<Record<IpFamily, string>> = {}
  const problems: PoolProblem[] = []
  const blocked = new Set<IpFamily>()
  const refuse = (problem: PoolProblem, refused: readonly IpFamily[]): void => {
    problems.push({...problem, field})
    for (const family of refused) blocked.add(family)
  }
  const name = stated.entries.find((entry) => !parseIp(entry))
  if (name !== undefined) refuse(outside(name, pool), families)
  for (const family of ['IPv4', 'IPv6'] as const) {
    const [address, ...more] = stated.entries.filter((entry) => parseIp(entry)?.family === family)
    if (address === undefined) continue
    const args = {address, family}
    if (!families.includes(family))
      refuse({code: 'address-unusable', args: {...args, why: 'family'}}, families)
    else if (more.length > 0) refuse({code: 'address-unusable', args: {...args, why: 'several'}}, [family])
    else if (!hasAddress(pool, family, addressNumber(address))) refuse(outside(address, pool), [family])
    else usable[family] = address
  }
  return {stated: usable, problems, blocked}
}

const NOTHING_STATED: Stated = {stated: {}, problems: [], blocked: new Set()}

function outside(address: string, pool: SortedPool): PoolProblem {
  return {code: 'address-outside-pool', args: {address, pool: pool.name, ranges: rangesOf(pool)}}
}

export function rangesOf({ranges}: SortedPool): readonly string[] {
  return [...ranges.IPv4, ...ranges.IPv6].map(({text}) => text)
}

/** `80/TCP`, for each listen port, up to `most`: a Service can ask for millions. */
function firstPorts(ports: readonly PortIntent[], most: number): string[] {
  const first: string[] = []
  for (const {listenPort, range, port} of ports) {
    const last = range?.last ?? listenPort
    for (let at = range?.first ?? listenPort; at <= last && first.length < most; at += 1)
      first.push(`${at}/${port.protocol}`)
  }
  return first
}
