/** All listeners of a load balancer, whichever part of it they are in. */
import type {Listener, LoadBalancer, Owner, Upstream} from './load-balancer.js'

export type OwnedListener = {
  readonly listener: Listener
  /** One for a listener that is a Service's alone. */
  readonly owners: readonly Owner[]
}

/** Those of single Services first, then the shared ones. */
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
