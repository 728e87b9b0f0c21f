/** Reads the addresses that a Service has, from its status. */
import {statusAddressesOf, type StatusAddresses} from '../../core/cluster/written-state.js'
import type {Service} from '../../core/cluster/objects.js'
import {isMapping, type Field} from './fields.js'

/**
 * Undefined if there is none. The API server ignores the status of a new object, so lbex does the same without a uid: an author
 * must not be able to get an address by writing it there.
 */
export function readStatusAddresses(object: Field, {ref, uid, type}: Service): StatusAddresses | undefined {
  if (uid === undefined || type !== 'LoadBalancer') return undefined
  const {value} = object.get('status').get('loadBalancer').get('ingress')
  const entries: readonly unknown[] = Array.isArray(value) ? value : []
  const ingress = entries.flatMap((entry) =>
    isMapping(entry) && typeof entry['ip'] === 'string' ? [{ip: entry['ip']}] : [],
  )
  const addresses = statusAddressesOf({ingress})
  return addresses.length > 0 ? new Map([[`${ref.namespace}/${ref.name}`, addresses]]) : undefined
}

/** All entries together; undefined if there is none. */
export function mergeStatusAddresses(
  parts: readonly (StatusAddresses | undefined)[],
): StatusAddresses | undefined {
  const entries = parts.flatMap((part) => (part ? [...part] : []))
  return entries.length > 0 ? new Map(entries) : undefined
}
