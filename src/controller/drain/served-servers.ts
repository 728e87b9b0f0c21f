/** The servers that NGINX uses, with the drain timeouts of the upstreams that they are in. */
import {listenerId} from '../../core/model/listener-key.js'
import type {
  Listener,
  LoadBalancer,
  Owner,
  ServedService,
  SharedListener,
  Upstream,
} from '../../core/model/load-balancer.js'
import type {ServerAddress} from '../../dataplane/data-plane.js'
import {serviceId} from '../served-part.js'

export type UsedServer = {
  readonly server: ServerAddress
  /** Milliseconds; Infinity if its connections are not ended. */
  readonly timeout: number
}

/** A Service, or a listener that several Services share. */
export type Part = {
  readonly source: ServedService | SharedListener
  readonly owners: readonly string[]
  /** By listenerId of the server. */
  readonly servers: ReadonlyMap<string, UsedServer>
}

/**
 * The parts of a load balancer by an id of their own. One that did not change is the object from `before`. Of rejected Services
 * (NAMESPACE/NAME), those from `before` stay: NGINX rejects what is new.
 */
export function partsOf(
  {services, shared}: LoadBalancer,
  before: ReadonlyMap<string, Part>,
  rejected: ReadonlySet<string>,
): Map<string, Part> {
  const isRejected = (owners: readonly string[]): boolean => owners.some((owner) => rejected.has(owner))
  const kept = rejected.size === 0 ? [] : [...before].filter(([, {owners}]) => isRejected(owners))
  const parts = new Map(kept)
  const add = (id: string, source: ServedService | SharedListener, listeners: readonly Listener[]): void => {
    const earlier = before.get(id)
    if (parts.has(id)) return
    parts.set(id, earlier?.source === source ? earlier : makePart(source, listeners))
  }
  for (const service of services) add(serviceId(service.ref), service, service.listeners)
  for (const each of shared) add(listenerId(each.listener.key), each, [each.listener])
  return parts
}

function makePart(source: ServedService | SharedListener, listeners: readonly Listener[]): Part {
  const upstreams = new Map(source.upstreams.map((upstream) => [upstream.name, upstream]))
  const servers = new Map<string, UsedServer>()
  for (const {key, routes} of listeners) {
    for (const {name} of routes.flatMap((route) => route.upstreams)) {
      for (const used of serversOf(upstreams.get(name), key.protocol)) {
        const id = listenerId(used.server)
        const other = servers.get(id)
        servers.set(id, other && other.timeout > used.timeout ? other : used)
      }
    }
  }
  const owners: readonly Owner[] = 'owners' in source ? source.owners : [source]
  return {source, owners: owners.map(({ref}) => serviceId(ref)), servers}
}

function serversOf(upstream: Upstream | undefined, protocol: 'TCP' | 'UDP'): UsedServer[] {
  if (!upstream) return []
  const timeout = upstream.settings.drainTimeout ?? Infinity
  const used = upstream.servers.filter(({down}) => !down)
  return used.map(({address, port}) => ({server: {address, port, protocol}, timeout}))
}
