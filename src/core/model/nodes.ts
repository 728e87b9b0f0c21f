/** What all Services need to know about a node: whether it may get traffic, and at which addresses. */
import {isDeepStrictEqual} from 'node:util'
import type {NodeAddressType} from '../intent/service-intent.js'
import type {IpFamily, Node} from '../cluster/objects.js'
import {EXCLUDE_LABEL} from '../cluster/in-use.js'
import {parseIp, type IpAddress} from '../cluster/ip-address.js'
import type {Subject} from '../../diagnostics/diagnostic.js'
import type {AddressRefusal} from '../../diagnostics/rules/upstream-rules.js'
import {whyRefused, type AddressPolicy} from './address-policy.js'

export type NodeView = {
  readonly name: string
  /** The Node, for diagnostics about it. */
  readonly subject: Subject
  /** Why the node gets no traffic even if it is Ready; absent if it may get traffic. */
  readonly excluded?: string
  readonly ready: boolean
  /** By type and family. */
  readonly addresses: Readonly<Record<NodeAddressType, Readonly<Partial<Record<IpFamily, NodeAddresses>>>>>
}

/** The addresses of a node of one type and family. */
export type NodeAddresses = {
  /** The first address that may be a server. */
  readonly usable?: string
  /** The number of addresses that may be servers. */
  readonly count: number
  /** The first address that may not be a server. */
  readonly refused?: {readonly address: string; readonly refusal: AddressRefusal}
}

export type NodeOptions = AddressPolicy & {readonly includeExcludedNodes: boolean}

export type NodeViews = {
  /** Sorted by name. */
  readonly all: readonly NodeView[]
  readonly byName: ReadonlyMap<string, NodeView>
}

/** The cluster autoscaler sets it on a node that it is about to delete. */
const DELETION_TAINT = 'ToBeDeletedByClusterAutoscaler'

export const EXCLUDED_BY_LABEL = `label ${EXCLUDE_LABEL}`

export type ViewNodes = (nodes: readonly Node[]) => NodeViews

/**
 * The returned function returns the same object while the views are equivalent: nodes update their status all the time, but
 * changes that matter here are rare. It caches the view of each node, because few of thousands of nodes change at a time.
 */
export function createNodeViewer(options: NodeOptions): ViewNodes {
  const cache = new WeakMap<Node, NodeView>()
  let latest: NodeViews = {all: [], byName: new Map()}
  const viewOnce = (node: Node): NodeView => {
    let view = cache.get(node)
    if (!view) cache.set(node, (view = viewNode(node, options)))
    return view
  }
  return (nodes) => {
    const all = nodes.map(viewOnce).sort((a, b) => (a.name < b.name ? -1 : 1))
    if (!areEquivalent(all, latest.all)) latest = {all, byName: new Map(all.map((view) => [view.name, view]))}
    return latest
  }
}

/** True if the views are equal, whatever else changed in the nodes. */
function areEquivalent(a: readonly NodeView[], b: readonly NodeView[]): boolean {
  return (
    a.length === b.length && a.every((view, index) => view === b[index] || isDeepStrictEqual(view, b[index]))
  )
}

/** Cordoned nodes still get traffic: Kubernetes stopped excluding them (https://github.com/kubernetes/kubernetes/issues/90823). */
function viewNode(node: Node, options: NodeOptions): NodeView {
  const excluded = exclusionReason(node, options.includeExcludedNodes)
  return {
    name: node.ref.name,
    subject: {ref: node.ref, ...(node.origin && {origin: node.origin})},
    ready: node.ready === 'True',
    addresses: {
      internal: addressesOf(node, 'InternalIP', options),
      external: addressesOf(node, 'ExternalIP', options),
    },
    ...(excluded !== undefined && {excluded}),
  }
}

function exclusionReason(node: Node, includeExcluded: boolean): string | undefined {
  if (node.deletionTimestamp !== undefined) return 'being deleted'
  if (node.taints.includes(DELETION_TAINT)) return `taint ${DELETION_TAINT}`
  if (!includeExcluded && Object.hasOwn(node.labels, EXCLUDE_LABEL)) return EXCLUDED_BY_LABEL
  return undefined
}

/** `InternalIP`, `IPv6 ExternalIP`. */
export function addressNameOf(type: NodeAddressType, family: IpFamily): string {
  const name = type === 'internal' ? 'InternalIP' : 'ExternalIP'
  return family === 'IPv4' ? name : `IPv6 ${name}`
}

function addressesOf(
  node: Node,
  type: string,
  policy: AddressPolicy,
): Partial<Record<IpFamily, NodeAddresses>> {
  const found: Partial<Record<IpFamily, NodeAddresses>> = {}
  for (const {address, family} of distinctAddresses(node, type)) {
    const {usable = undefined, count, refused = undefined} = found[family] ?? {count: 0}
    const refusal = whyRefused(address, policy)
    const first = refusal ? usable : (usable ?? address)
    const why = refused ?? (refusal && {address, refusal})
    found[family] = {
      ...(first !== undefined && {usable: first}),
      count: count + (refusal ? 0 : 1),
      ...(why && {refused: why}),
    }
  }
  return found
}

function distinctAddresses(node: Node, type: string): IpAddress[] {
  const all = node.addresses.flatMap((entry) => (entry.type === type ? (parseIp(entry.address) ?? []) : []))
  return [...new Map(all.map((ip) => [ip.address, ip])).values()]
}
