/** What this host tells the other hosts of its group about itself. */
import {
  limitAnnouncement,
  MOST_ADDRESSES,
  MOST_NAMED_ADDRESSES,
  type HostAnnouncement,
} from '../../publish/host-record.js'
import type {Logger} from '../../util/logger.js'

const LIMIT_HINT =
  'the status of Services has no other addresses of this host: use fewer --listen-address, or set --publish-address to the addresses that clients use'

/**
 * Returns a function for the present announcement; `read` returns it without the limits of a Lease. Warns once if these leave out
 * an address: then all hosts, this one included, publish the same addresses.
 */
export function announceHost(read: () => HostAnnouncement, log: Logger): () => HostAnnouncement {
  let isLogged = false
  return () => {
    const own = read()
    const excess = isLogged ? undefined : excessOf(own)
    if (excess) {
      log.warn('this host has too many addresses: the others are not announced', {
        ...excess,
        hint: LIMIT_HINT,
      })
      isLogged = true
    }
    return limitAnnouncement(own)
  }
}

function excessOf({addresses, listen = []}: HostAnnouncement): object | undefined {
  if (addresses.length > MOST_ADDRESSES) return {addresses: addresses.length, limit: MOST_ADDRESSES}
  if (listen.length > MOST_NAMED_ADDRESSES) return {named: listen.length, limit: MOST_NAMED_ADDRESSES}
  return undefined
}
