/** The content of a host's Lease: its addresses, and whether it is ready. */
import {isIP} from 'node:net'
import {nameFor, type StoredLease} from './lease.js'

export type HostAnnouncement = {
  /** IP addresses or DNS names at which clients reach the host. */
  readonly addresses: readonly string[]
  readonly ready: boolean
}

export type PublishingHost = HostAnnouncement & {readonly name: string}

/** The label of all host Leases of a group. */
export const GROUP_LABEL = 'loadbalancer.lbex/publish-group'

const ADDRESSES = 'loadbalancer.lbex/addresses'
const READY = 'loadbalancer.lbex/ready'

/** Far more than a host has; clients of a Service's status do not expect more either. */
const MOST_ADDRESSES = 32

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

export function hostMetadata(group: string, {addresses, ready}: HostAnnouncement): object {
  return {
    labels: {[GROUP_LABEL]: groupLabel(group), 'app.kubernetes.io/managed-by': 'lbex'},
    annotations: {[ADDRESSES]: JSON.stringify(addresses), [READY]: String(ready)},
  }
}

/** Undefined if the annotations are not valid. */
export function readHost({spec, annotations}: StoredLease): PublishingHost | undefined {
  const name = spec.holderIdentity
  const addresses = readAddresses(annotations[ADDRESSES])
  return name && addresses ? {name, addresses, ready: annotations[READY] === 'true'} : undefined
}

/** The addresses go into the status of Services: the API server rejects a status with one invalid address. */
function readAddresses(text: unknown): readonly string[] | undefined {
  try {
    const addresses = JSON.parse(String(text)) as unknown
    const isValid =
      Array.isArray(addresses) && addresses.length <= MOST_ADDRESSES && addresses.every(isAddress)
    return isValid ? (addresses as string[]) : undefined
  } catch {
    return undefined
  }
}

/** The API server accepts neither a zone, nor a name that could be an IPv4 address. */
function isAddress(value: unknown): boolean {
  if (typeof value !== 'string') return false
  return isIP(value) === 0 ? DNS_NAME.test(value) && !/(^|\.)\d+$/.test(value) : !value.includes('%')
}
