/** All listeners and upstreams of a load balancer, of single Services and shared. */
import type {Listener, LoadBalancer, Owner, Upstream} from './load-balancer.js'

export type OwnedListener = {
  readonly listener: Listener
  /** A single owner, unless the listener is shared. */
  readonly owners: readonly Owner[]
}

/** The listeners of single Services first, then the shared ones. */
export function ownedListeners({services, shared}: LoadBalancer): readonly OwnedListener[] {
  return [
    ...services.flatMap((service) => service.listeners.map((listener) => ({listener, owners: [service]}))),
    ...shared,
  ]
}

/** In the same order. */
export function allUpstreams({services, shared}: LoadBalancer): readonly Upstream[] {
  return [...services, ...shared].flatMap(({upstreams}) => upstreams)
}
