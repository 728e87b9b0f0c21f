/** Reports which of several addresses of a node is used: otherwise, an address in the wrong network shows only as timeouts. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import type {NodeAddressType, ServiceIntent} from '../intent/service-intent.js'
import type {IpFamily} from '../cluster/objects.js'
import {addressNameOf, type NodeView, type NodeViews} from './nodes.js'

const FAMILIES = ['IPv4', 'IPv6'] as const

/** One diagnostic, about the first such node, for each kind of address that a node upstream uses. */
export function reportChosenAddresses(intents: readonly ServiceIntent[], {all}: NodeViews): Diagnostic[] {
  const byNode = intents.filter(({upstreamType}) => upstreamType === 'node')
  const types = new Set(byNode.map(({nodeAddressType}) => nodeAddressType))
  return [...types].sort().flatMap((type) => FAMILIES.flatMap((family) => chosen(all, type, family)))
}

function chosen(all: readonly NodeView[], type: NodeAddressType, family: IpFamily): Diagnostic[] {
  const several = all.filter(
    ({excluded, addresses}) => excluded === undefined && (addresses[type][family]?.count ?? 0) > 1,
  )
  const [first] = several
  if (!first) return []
  const nodes = several.map(({name, addresses}) => `${name} (${addresses[type][family]?.usable})`)
  const args = {nodes, wanted: addressNameOf(type, family)}
  return [diagnose('node-address-chosen', {subject: first.subject, field: ['status', 'addresses'], args})]
}
