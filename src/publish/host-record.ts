/** The content of a host's Lease: its addresses, and whether it is ready. */
import {isIP} from 'node:net'
import {isAddressName} from '../core/intent/values.js'
import {nameFor, type StoredLease} from './lease.js'

/** An address of `--listen-address`, which may be a wildcard. */
export type NamedAddress = {readonly address: string; readonly name?: string}

export type HostAnnouncement = {
  /** IP addresses or DNS names at which clients reach the host. */
  readonly addresses: readonly string[]
  /** What a Service can select. Absent in the Lease of an older lbex: such a host listens on all its addresses. */
  readonly listen?: readonly NamedAddress[]
  readonly ready: boolean
}

export type PublishingHost = HostAnnouncement & {readonly name: string}

/** The label of all host Leases of a group. */
export const GROUP_LABEL = 'loadbalancer.lbex/publish-group'

const ADDRESSES = 'loadbalancer.lbex/addresses'
const LISTEN_ADDRESSES = 'loadbalancer.lbex/listen-addresses'
const READY = 'loadbalancer.lbex/ready'

/** Far more than a host has; clients of a Service's status do not expect more either. */
export const MOST_ADDRESSES = 32
/** An address may have several names. */
export const MOST_NAMED_ADDRESSES = 128

const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** The name of the Lease for the leader election of `group`. */
export function leaderLeaseName(group: string): string {
  return `lbex-leader-${nameFor(group)}`
}

export function hostLeaseName(group: string, identity: string): string {
  return `lbex-host-${nameFor(identity, group)}`
}

/** The group itself if it is a valid label value. */
export function groupLabel(group: string): string {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(group) ? group : nameFor(group)
}

export function hostMetadata(group: string, {addresses, listen, ready}: HostAnnouncement): object {
  return {
    labels: {[GROUP_LABEL]: groupLabel(group), 'app.kubernetes.io/managed-by': 'lbex'},
    annotations: {
      [ADDRESSES]: JSON.stringify(addresses),
      ...(listen && {[LISTEN_ADDRESSES]: JSON.stringify(listen)}),
      [READY]: String(ready),
    },
  }
}

/** Only as many addresses as other hosts read: they ignore a Lease with more. */
export function limitAnnouncement({addresses, listen, ready}: HostAnnouncement): HostAnnouncement {
  return {
    addresses: addresses.slice(0, MOST_ADDRESSES),
    ...(listen && {listen: listen.slice(0, MOST_NAMED_ADDRESSES)}),
    ready,
  }
}

/** Undefined if the annotations are not valid. */
export function readHost({spec, annotations}: StoredLease): PublishingHost | undefined {
  const name = spec.holderIdentity
  const addresses = readList(annotations[ADDRESSES], MOST_ADDRESSES, isAddress)
  if (!name || !addresses) return undefined
  const host = {name, addresses, ready: annotations[READY] === 'true'}
  if (annotations[LISTEN_ADDRESSES] === undefined) return host
  const listen = readList(annotations[LISTEN_ADDRESSES], MOST_NAMED_ADDRESSES, isNamedAddress)
  return listen && {...host, listen}
}

/** The addresses go into the status of Services: the API server rejects a status with one invalid address. */
function readList<T>(
  text: unknown,
  most: number,
  isValid: (value: unknown) => value is T,
): readonly T[] | undefined {
  try {
    const list = JSON.parse(String(text)) as unknown
    return Array.isArray(list) && list.length <= most && list.every(isValid) ? list : undefined
  } catch {
    return undefined
  }
}

function isNamedAddress(value: unknown): value is NamedAddress {
  const {address, name} = (value ?? {}) as Readonly<Record<string, unknown>>
  const isNamed = name === undefined || (typeof name === 'string' && isAddressName(name))
  return typeof address === 'string' && isIP(address) !== 0 && !address.includes('%') && isNamed
}

/** The API server accepts neither a zone, nor a name that could be an IPv4 address. */
function isAddress(value: unknown): value is string {
  if (typeof value !== 'string') return false
  return isIP(value) === 0 ? DNS_NAME.test(value) && !/(^|\.)\d+$/.test(value) : !value.includes('%')
}
