/** Finds endpoints that may be listeners of this lbex. */
import type {ServiceIntent} from '../intent/service-intent.js'
import {isHostAddress, type HostAddresses} from './address-policy.js'
import type {Upstream} from './load-balancer.js'

/**
 * True if an endpoint has an address of this host. Only pod upstreams: kube-proxy handles a connection to a node port or cluster IP
 * before a listener of lbex gets it, and with IPVS every node has every cluster IP.
 */
export function hasEndpointOnHost(
  {upstreamType}: ServiceIntent,
  requests: readonly {readonly upstream?: Upstream}[],
  host: HostAddresses,
): boolean {
  if (upstreamType !== 'pod') return false
  return requests.some(({upstream}) => upstream?.servers.some(({address}) => isHostAddress(address, host)))
}
