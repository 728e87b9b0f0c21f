/** Addresses for 5,000 Services from pools, at most 5 ms: all at once, all from the status, and after a change of one Service. */
import {createAddressAllocator} from '../src/core/addresses/allocator.js'
import {publishedAddressesOf} from '../src/core/addresses/assignment.js'
import type {StatusAddresses} from '../src/core/cluster/written-state.js'
import {readIntent} from '../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../src/core/model/options.js'
import type {ServiceIntent} from '../src/core/intent/service-intent.js'
import {aBalanced, poolsOf} from '../test/support/address-pools.js'
import {measure, type Figures} from './measure.js'

const SERVICES = 5000
const TIMES = 41

export type AddressesResult = {
  readonly pool: string
  readonly all: Figures
  readonly fromStatus: Figures
  readonly oneChange: Figures
}

/** A /20 has 4,096 addresses: every fifth Service shares one. */
export async function benchAddresses(): Promise<AddressesResult[]> {
  return [await benchPool('10.0.0.0/20', ['IPv4']), await benchPool('fd00::/64', ['IPv6'])]
}

async function benchPool(pool: string, ipFamilies: readonly ('IPv4' | 'IPv6')[]): Promise<AddressesResult> {
  const options = {
    ...DEFAULT_INTENT_OPTIONS,
    ...DEFAULT_MODEL_OPTIONS,
    addressPools: poolsOf({default: [pool]}),
  }
  const intents = Array.from({length: SERVICES}, (_, index) => {
    const service = aBalanced(`service-${index}`, 1 + index).with({ipFamilies})
    const sharing: Record<string, string> = index % 5 === 0 ? {'address-sharing': 'all'} : {}
    const {intent} = readIntent(service.annotated(sharing).build(), options)
    if (!intent) throw new Error('not served')
    return intent
  })
  const assign = createAddressAllocator(options)
  const status = statusOf(intents, assign(intents))
  // A new Map each time: otherwise the result is cached.
  const all = await measure(TIMES, () => assign(intents, new Map()))
  const fromStatus = await measure(TIMES, () => assign(intents, new Map(status)))
  const oneChange = await measure(TIMES, (run) =>
    assign(intents.with(run * 7, changed(intents[run * 7])), status),
  )
  return {pool, all, fromStatus, oneChange}
}

function changed(intent: ServiceIntent | undefined): ServiceIntent {
  if (!intent) throw new Error('no such Service')
  return {...intent}
}

function statusOf(
  intents: readonly ServiceIntent[],
  assignments: ReturnType<ReturnType<typeof createAddressAllocator>>,
): StatusAddresses {
  return new Map(
    intents.flatMap((intent, index) => {
      const assignment = assignments[index]
      const {namespace, name} = intent.service.ref
      return assignment ? [[`${namespace}/${name}`, publishedAddressesOf(assignment)] as const] : []
    }),
  )
}
