/**
 * Reads whether a Service gets its addresses from a pool, and which: `loadbalancer.lbex/address-pool`, a stated address, and
 * `loadbalancer.lbex/address-sharing`. If lbex cannot read it, it exposes no port: other addresses may be open to more clients.
 */
import {nearest} from '../../diagnostics/nearest.js'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {addressNumber, isInRanges, type AddressPools} from '../cluster/address-pool.js'
import {parseIp} from '../cluster/ip-address.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {OVERRULED, type AddressRequest, type RequestedAddresses} from './listen-addresses.js'
import {isLoadBalancerOf, type ClassSelection} from './service-class.js'
import {annotationField, isPoolName} from './values.js'

/** What a Service requests of a pool. */
export type PoolRequest = {
  /** The name of the pool. Absent: the first one, and an address of any pool that the Service already has. */
  readonly pool?: string
  /** NAMESPACE/KEY: Services with equal values share an address if their ports differ. */
  readonly sharing?: string
  /** The addresses that the Service states. Absent: any address of the pool. */
  readonly stated?: Pick<AddressRequest, 'entries' | 'field'>
}

/**
 * `unknown`: from a pool, but the pools are not known (`lbex check`). `invalid` if no port may be exposed; the Service keeps the
 * addresses in its status until this is fixed. `none`: no pool.
 */
export type RequestedPool = PoolRequest | 'unknown' | 'invalid' | 'none'

export type PoolOptions = ClassSelection & {
  /** The pools of `--address-pool`; `unknown` if the hosts that will serve may have pools. */
  readonly addressPools: AddressPools | 'unknown'
}

/**
 *  the Service          | pools                          | no pools        | pools are unknown
 *  names no pool        | an address of the first pool   | none            | none
 *  names a pool         | an address of it               | invalid         | unknown
 *  is not of type LoadBalancer, or has another load balancer: none, and invalid if it names a pool or states an address of one
 *  selects --listen-address by name or by address, and names no pool: none
 *
 * Only the load balancer of a Service writes its status, which is where the address is remembered. A Service without an address of
 * a pool must not listen on one: the address belongs to another Service.
 */
export function readPoolRequest(
  service: Service,
  addresses: RequestedAddresses,
  options: PoolOptions,
  report: ReportDiagnostic,
): RequestedPool {
  const pool = service.annotations[POOL]
  const sharing = service.annotations[SHARING]
  const {addressPools} = options
  if (!isLoadBalancerOf(service, options)) {
    if (pool !== undefined || !statesPooled(addresses, addressPools))
      return outsideOfPools(pool, sharing, 'type', report)
    report('address-pool-type', {field: annotationField(ANNOTATIONS.listenAddress.key), args: {}})
    return 'invalid'
  }
  if (sharing !== undefined && !isPoolName(sharing)) {
    report('address-sharing-invalid', {field: annotationField(SHARING), args: {value: sharing}})
    return 'invalid'
  }
  if (addressPools === 'unknown') return pool === undefined ? 'none' : 'unknown'
  if (addressPools.pools.length === 0) return outsideOfPools(pool, sharing, 'no-pools', report)
  if (pool !== undefined && !isKnown(pool, addressPools, report)) return 'invalid'
  if (addresses === 'invalid') return 'invalid'
  if (pool === undefined && selectsHost(addresses, addressPools)) return 'none'
  if (addresses !== 'all') reportOverruled(addresses, report)
  return {
    ...(pool !== undefined && {pool}),
    ...(sharing !== undefined && {sharing: `${service.ref.namespace}/${sharing}`}),
    ...(addresses !== 'all' && {stated: {entries: addresses.entries, field: addresses.field}}),
  }
}

const POOL = ANNOTATIONS.addressPool.key
const SHARING = ANNOTATIONS.addressSharing.key

/** The field that a problem of the pool is shown at; undefined if the Service has no such field. */
export function poolField({annotations}: Service): FieldPath | undefined {
  return annotations[POOL] === undefined ? undefined : annotationField(POOL)
}

function outsideOfPools(
  pool: string | undefined,
  sharing: string | undefined,
  why: 'type' | 'no-pools',
  report: ReportDiagnostic,
): 'none' | 'invalid' {
  if (sharing !== undefined)
    report('address-sharing-unused', {field: annotationField(SHARING), on: 'key', args: {why}})
  if (pool === undefined) return 'none'
  const field = annotationField(POOL)
  if (why === 'type') report('address-pool-type', {field, on: 'key', args: {}})
  else report('address-pool-unknown', {field, args: {name: pool, known: []}})
  return 'invalid'
}

function isKnown(name: string, {pools}: AddressPools, report: ReportDiagnostic): boolean {
  const known = pools.map((pool) => pool.name)
  if (known.includes(name)) return true
  const args = {name, known, nearest: nearest(name, known)}
  report('address-pool-unknown', {field: annotationField(POOL), args})
  return false
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** True for names of addresses, wildcards and the addresses of --listen-address, if no address of a pool is among them. */
function selectsHost(addresses: RequestedAddresses, pools: AddressPools): boolean {
  if (typeof addresses === 'string' || statesPooled(addresses, pools)) return false
  const {hostAddresses} = pools
  return addresses.entries.some(
    (entry) => !parseIp(entry) || WILDCARDS.has(entry) || hostAddresses.has(entry),
  )
}

function statesPooled(addresses: RequestedAddresses, addressPools: PoolOptions['addressPools']): boolean {
  if (typeof addresses === 'string' || addressPools === 'unknown') return false
  const ranges = addressPools.pools.flatMap((pool) => pool.ranges)
  return addresses.entries.some((entry) => {
    const ip = parseIp(entry)
    return ip !== undefined && isInRanges(ranges, ip.family, addressNumber(ip.address))
  })
}

function reportOverruled({entries, overruled}: AddressRequest, report: ReportDiagnostic): void {
  if (overruled && [...overruled].sort().join() !== [...entries].sort().join())
    report('field-ignored', {field: ['spec', 'loadBalancerIP'], args: OVERRULED})
}
