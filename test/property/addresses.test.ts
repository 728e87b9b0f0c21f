/** What always holds for addresses of pools, whatever Services state, share and have. */
import assert from 'node:assert/strict'
import fc, {type Arbitrary} from 'fast-check'
import {ALLOCATE_ALL, type AllocationState} from '../../src/core/addresses/allocation-state.js'
import {createAddressAllocator} from '../../src/core/addresses/allocator.js'
import {publishedAddressesOf, type Assignment} from '../../src/core/addresses/assignment.js'
import type {IpFamily, Service} from '../../src/core/cluster/objects.js'
import type {StatusAddresses} from '../../src/core/cluster/written-state.js'
import {readIntent} from '../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../../src/core/model/options.js'
import {aBalanced} from '../support/address-pools.js'
import {check} from './check.js'
import {addressPools} from './clusters.js'

const options = {...DEFAULT_INTENT_OPTIONS, ...DEFAULT_MODEL_OPTIONS, addressPools}

const NAMES = Array.from({length: 12}, (_, index) => `s${index}`)
const ADDRESSES = ['10.2.0.0', '10.2.0.1', '10.2.0.8', 'fd00:2::', '10.3.0.1']

const annotations = fc
  .record({
    'address-pool': fc.constantFrom(undefined, undefined, 'inside'),
    'address-sharing': fc.constantFrom(undefined, 'x', 'y'),
    'listen-address': fc.constantFrom(undefined, undefined, undefined, ...ADDRESSES),
  })
  .map((all) =>
    Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  )

const service: Arbitrary<Service> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    port: fc.constantFrom(80, 81, 82),
    ipFamilies: fc.constantFrom<IpFamily[]>(['IPv4'], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6']),
    age: fc.constantFrom('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
    annotations,
  })
  .map((made) =>
    aBalanced(made.name, made.port)
      .with({ipFamilies: made.ipFamilies})
      .created(made.age)
      .annotated(made.annotations)
      .build(),
  )

const services = fc.uniqueArray(service, {selector: ({ref}) => ref.name, maxLength: NAMES.length})
const status: Arbitrary<StatusAddresses> = fc
  .dictionary(fc.constantFrom(...NAMES), fc.subarray(ADDRESSES, {maxLength: 2}))
  .map((all) => new Map(Object.entries(all).map(([name, addresses]) => [`default/${name}`, addresses])))

type Result = ReadonlyMap<string, Assignment>

function allocate(all: readonly Service[], inStatus: StatusAddresses, state: AllocationState): Result {
  const intents = all.map((one) => readIntent(one, options).intent)
  const assignments = createAddressAllocator(options)(intents, inStatus, state)
  return new Map(
    all.flatMap(({ref}, index): [string, Assignment][] => {
      const assignment = assignments[index]
      return assignment ? [[`default/${ref.name}`, assignment]] : []
    }),
  )
}

const addressesOf = ({addresses}: Assignment): readonly string[] => [...addresses.IPv4, ...addresses.IPv6]

/** The status after this lbex has written it. */
const written = (result: Result): StatusAddresses =>
  new Map([...result].map(([key, assignment]) => [key, publishedAddressesOf(assignment)]))

describe('addresses of pools', () => {
  it('have one Service for each port, and several Services only with one key', () => {
    check(
      fc.property(services, status, (all, inStatus) => {
        const owners = new Map<string, Service[]>()
        const result = allocate(all, inStatus, ALLOCATE_ALL)
        for (const one of all) {
          const assignment = result.get(`default/${one.ref.name}`)
          for (const address of assignment ? addressesOf(assignment) : [])
            owners.set(address, [...(owners.get(address) ?? []), one])
        }
        for (const sharing of [...owners.values()].filter(({length}) => length > 1)) {
          const keys = sharing.map((one) => one.annotations['loadbalancer.lbex/address-sharing'])
          assert.equal(new Set(keys).size, 1)
          assert.notEqual(keys[0], undefined)
          assert.equal(new Set(sharing.map(({ports}) => ports[0]?.port)).size, sharing.length)
        }
      }),
    )
  })

  it('do not change once they are in the status, whatever Services come and go', () => {
    check(
      fc.property(services, services, status, fc.nat(), (first, more, inStatus, at) => {
        const before = allocate(first, inStatus, ALLOCATE_ALL)
        const names = new Set(first.map(({ref}) => ref.name))
        const kept = first.filter((_, index) => index !== at % (first.length + 1))
        const added = more.filter(({ref}) => !names.has(ref.name))
        const after = allocate([...added, ...kept], written(before), ALLOCATE_ALL)
        for (const {ref} of kept) {
          const key = `default/${ref.name}`
          const [old, now] = [before.get(key), after.get(key)]
          for (const address of old ? addressesOf(old) : [])
            assert.ok(now && addressesOf(now).includes(address))
        }
      }),
    )
  })

  it('are the same on a host that follows', () => {
    check(
      fc.property(services, status, (all, inStatus) => {
        const leader = allocate(all, inStatus, ALLOCATE_ALL)
        const follower = allocate(all, written(leader), {...ALLOCATE_ALL, allocates: false})
        for (const [key, {addresses}] of follower) assert.deepEqual(addresses, leader.get(key)?.addresses)
      }),
    )
  })

  it('do not depend on the order of the Services', () => {
    const shuffled = services.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, {minLength: all.length})),
    )
    check(
      fc.property(shuffled, status, ([all, other], inStatus) => {
        const [a, b] = [all, other].map((each) => allocate(each, inStatus, ALLOCATE_ALL))
        assert.deepEqual(a, b)
      }),
    )
  })
})
