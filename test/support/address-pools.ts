/** Address pools and what they give to Services, in a short form. */
import {createAddressAllocator} from '../../src/core/addresses/allocator.js'
import {ALLOCATE_ALL, type AllocationState} from '../../src/core/addresses/allocation-state.js'
import {publishedAddressesOf} from '../../src/core/addresses/assignment.js'
import {parsePoolRange, type AddressPools, type PoolRange} from '../../src/core/cluster/address-pool.js'
import type {Service} from '../../src/core/cluster/objects.js'
import type {StatusAddresses} from '../../src/core/cluster/written-state.js'
import {readIntent} from '../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../../src/core/model/options.js'
import {aService} from './builders.js'

/** The ranges by the name of their pool. */
export type PoolTexts = Readonly<Record<string, readonly string[]>>

export function poolsOf(texts: PoolTexts, hostAddresses: readonly string[] = []): AddressPools {
  const pools = Object.entries(texts).map(([name, ranges]) => ({name, ranges: ranges.map(rangeOf)}))
  return {pools, hostAddresses: new Set(hostAddresses)}
}

function rangeOf(text: string): PoolRange {
  const range = parsePoolRange(text)
  if (!range) throw new Error(`${text} is not a valid range`)
  return range
}

/** A Service of type LoadBalancer whose load balancer is lbex, with a port. */
export function aBalanced(name: string, port = 80): ReturnType<typeof aService> {
  const service = aService(name).with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})
  return service.with({annotations: {}}).port('http', port)
}

export type Given = {
  readonly pools?: PoolTexts
  readonly hostAddresses?: readonly string[]
  /** The addresses in the status, by NAME in the namespace default, or by NAMESPACE/NAME. */
  readonly status?: Readonly<Record<string, readonly string[]>>
  /** The addresses that another controller wrote, likewise. */
  readonly byOthers?: Readonly<Record<string, readonly string[]>>
  readonly state?: Partial<AllocationState>
}

/** By the name of the Service: its addresses, or the codes of its problems, in the order of `services`. */
export type Outcome = Record<string, readonly string[]>

/** Allocates like a new lbex. */
export function allocate(services: readonly Service[], given: Given = {}): Outcome {
  const {pools = {default: ['192.0.2.0/29']}, hostAddresses, status = {}, byOthers = {}, state} = given
  const options = {
    ...DEFAULT_INTENT_OPTIONS,
    ...DEFAULT_MODEL_OPTIONS,
    addressPools: poolsOf(pools, hostAddresses),
  }
  const intents = services.map((service) => readIntent(service, options).intent)
  const all = {services, otherAddresses: byKey(byOthers)}
  const assign = createAddressAllocator(options)
  const assignments = assign(intents, byKey(status), {...ALLOCATE_ALL, ...state}, all)
  return Object.fromEntries(
    assignments.flatMap((assignment, index) => {
      const name = services[index]?.ref.name ?? ''
      if (!assignment) return []
      return [[name, [...publishedAddressesOf(assignment), ...assignment.problems.map(({code}) => code)]]]
    }),
  )
}

function byKey(byName: NonNullable<Given['status']>): StatusAddresses {
  return new Map(
    Object.entries(byName).map(([name, addresses]) => [
      name.includes('/') ? name : `default/${name}`,
      addresses,
    ]),
  )
}
