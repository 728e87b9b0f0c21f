/** Nodes, judged once for all Services: may they get traffic, and at which addresses. */
import {isDeepStrictEqual} from 'node:util'
import type {NodeAddressType} from '../intent/service-intent.js'
import type {IpFamily, Node} from '../snapshot/objects.js'
import {EXCLUDE_LABEL} from '../snapshot/in-use.js'
import {parseIp} from '../snapshot/ip-address.js'

export type NodeView = {
  readonly name: string
  /** Why the node gets no traffic, apart from not being Ready; absent when it may. */
  readonly excluded?: string
  readonly ready: boolean
  /** First address of each type and family. */
  readonly addresses: Readonly<Record<NodeAddressType, Readonly<Partial<Record<IpFamily, string>>>>>
}

export type NodeViews = {
  /** Sorted by name. */
  readonly all: readonly NodeView[]
  readonly byName: ReadonlyMap<string, NodeView>
}

/** Set by the cluster autoscaler on a node that it is about to delete. */
const DELETION_TAINT = 'ToBeDeletedByClusterAutoscaler'

export const EXCLUDED_BY_LABEL = `label ${EXCLUDE_LABEL}`

export function viewNodes(nodes: readonly Node[], includeExcluded: boolean): NodeViews {
  const all = nodes.map((node) => viewOnce(node, includeExcluded)).sort((a, b) => (a.name < b.name ? -1 : 1))
  return {all, byName: new Map(all.map((view) => [view.name, view]))}
}

/** True for views that mean the same, whatever else changed in the nodes. */
export function meanTheSame({all: a}: NodeViews, {all: b}: NodeViews): boolean {
  return (
    a.length === b.length && a.every((view, index) => view === b[index] || isDeepStrictEqual(view, b[index]))
  )
}

const remembered = new WeakMap<Node, {readonly includeExcluded: boolean; readonly view: NodeView}>()

/** A cluster may have thousands of nodes, of which few change at a time. */
function viewOnce(node: Node, includeExcluded: boolean): NodeView {
  const known = remembered.get(node)
  if (known?.includeExcluded === includeExcluded) return known.view
  const view = viewNode(node, includeExcluded)
  remembered.set(node, {includeExcluded, view})
  return view
}

/** Cordoned nodes stay: Kubernetes stopped dropping them (https://github.com/kubernetes/kubernetes/issues/90823). */
function viewNode(node: Node, includeExcluded: boolean): NodeView {
  const excluded = exclusion(node, includeExcluded)
  return {
    name: node.ref.name,
    ready: node.ready === 'True',
    addresses: {internal: firstAddresses(node, 'InternalIP'), external: firstAddresses(node, 'ExternalIP')},
    ...(excluded !== undefined && {excluded}),
  }
}

function exclusion(node: Node, includeExcluded: boolean): string | undefined {
  if (node.deletionTimestamp !== undefined) return 'being deleted'
  if (node.taints.includes(DELETION_TAINT)) return `taint ${DELETION_TAINT}`
  if (!includeExcluded && Object.hasOwn(node.labels, EXCLUDE_LABEL)) return EXCLUDED_BY_LABEL
  return undefined
}

function firstAddresses(node: Node, type: string): Partial<Record<IpFamily, string>> {
  const found: Partial<Record<IpFamily, string>> = {}
  for (const entry of node.addresses) {
    const ip = entry.type === type ? parseIp(entry.address) : undefined
    if (ip) found[ip.family] ??= ip.address
  }
  return found
}
