/** Remembers which Service has which listener since when, and tells what changed from one load balancer to the next. */
import {bracketed, listenerId} from '../core/model/listener-key.js'
import type {
  LoadBalancer,
  Owner,
  SharedListener,
  ServedService,
  Upstream,
} from '../core/model/load-balancer.js'

/** A listener of one Service; a shared listener is one for each of its Services. */
export type ServedListener = {
  /** NAMESPACE/NAME */
  readonly service: string
  /** `0.0.0.0:80/TCP` */
  readonly listener: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly upstreams: readonly Upstream[]
}

export type ServerChange = {
  readonly service: string
  /** `10.0.0.7:8080`, sorted. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export type ServedChanges = {
  readonly opened: readonly ServedListener[]
  readonly closed: readonly ServedListener[]
  /** Of Services that keep a listener. */
  readonly servers: readonly ServerChange[]
}

export type ServedCounts = {
  readonly services: number
  /** A listener that several Services share is counted once. */
  readonly listeners: number
}

const NO_CHANGES: ServedChanges = {opened: [], closed: [], servers: []}

export class ServedListeners {
  private known: ReadonlyMap<string, ServedListener> = new Map()
  private latest: LoadBalancer | undefined
  private counted: ServedCounts = {services: 0, listeners: 0}

  /** How many Services and listeners are served. */
  get counts(): ServedCounts {
    return this.counted
  }

  /**
   * What is served from now on. `rejected`: NAMESPACE/NAME of the Services whose new configuration NGINX rejects, so that their
   * listeners stay as they were. `now`: milliseconds since the epoch.
   */
  update(loadBalancer: LoadBalancer, rejected: ReadonlySet<string>, now: number): ServedChanges {
    if (loadBalancer === this.latest && rejected.size === 0) return NO_CHANGES
    const before = this.known
    const kept = [...before.values()].filter(({service}) => rejected.has(service))
    const wanted = listenersOf(loadBalancer, now).filter(({service}) => !rejected.has(service))
    const current = new Map([...kept, ...wanted].map((each) => [keyOf(each), withTimeOf(before, each)]))
    this.known = current
    this.counted = countsOf(current)
    this.latest = rejected.size === 0 ? loadBalancer : undefined
    return {
      opened: [...current].filter(([key]) => !before.has(key)).map(([, each]) => each),
      closed: [...before].filter(([key]) => !current.has(key)).map(([, each]) => each),
      servers: serverChanges(before, current),
    }
  }

  /**
   * Gives the milliseconds since the epoch since when NAMESPACE/NAME has a listener; undefined if it does not have it. Stays as it is
   * if other listeners are served later.
   */
  get times(): (service: string, listener: string) => number | undefined {
    const {known} = this
    return (service, listener) => known.get(keyOf({service, listener}))?.since
  }
}

function countsOf(known: ReadonlyMap<string, ServedListener>): ServedCounts {
  const all = [...known.values()]
  const services = new Set(all.map(({service}) => service))
  return {services: services.size, listeners: new Set(all.map(({listener}) => listener)).size}
}

/** The number of servers that NGINX sends clients to. */
export function countServers({upstreams}: ServedListener): number {
  return addressesOf(upstreams).size
}

function keyOf({service, listener}: Pick<ServedListener, 'service' | 'listener'>): string {
  return `${service} ${listener}`
}

function withTimeOf(before: ReadonlyMap<string, ServedListener>, each: ServedListener): ServedListener {
  return {...each, since: before.get(keyOf(each))?.since ?? each.since}
}

function listenersOf({services, shared}: LoadBalancer, since: number): ServedListener[] {
  return [
    ...services.flatMap((service) => ownListeners(service, since)),
    ...shared.flatMap((each) => each.owners.map((owner) => sharedListener(each, owner, since))),
  ]
}

function ownListeners({ref, listeners, upstreams}: ServedService, since: number): ServedListener[] {
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
  return listeners.map(({key, routes}) => ({
    service: nameOf(ref),
    listener: listenerId(key),
    since,
    upstreams: routes.flatMap((route) => route.upstreams.flatMap(({name}) => byName.get(name) ?? [])),
  }))
}

function sharedListener({listener, upstreams}: SharedListener, {ref}: Owner, since: number): ServedListener {
  const own = listener.routes.filter(({owner}) => nameOf(owner) === nameOf(ref))
  const names = new Set(own.flatMap((route) => route.upstreams.map(({name}) => name)))
  return {
    service: nameOf(ref),
    listener: listenerId(listener.key),
    since,
    upstreams: upstreams.filter(({name}) => names.has(name)),
  }
}

function nameOf({namespace, name}: Owner['ref']): string {
  return `${namespace}/${name}`
}

/** One for each Service, in the order of its first listener. */
function serverChanges(
  before: ReadonlyMap<string, ServedListener>,
  current: ReadonlyMap<string, ServedListener>,
): ServerChange[] {
  const changes = new Map<string, {added: Set<string>; removed: Set<string>}>()
  for (const [key, {service, upstreams}] of current) {
    const earlier = before.get(key)
    if (!earlier || earlier.upstreams.every((upstream, index) => upstream === upstreams[index])) continue
    const [old, now] = [addressesOf(earlier.upstreams), addressesOf(upstreams)]
    const change = changes.get(service) ?? {added: new Set(), removed: new Set()}
    changes.set(service, change)
    for (const address of now) if (!old.has(address)) change.added.add(address)
    for (const address of old) if (!now.has(address)) change.removed.add(address)
  }
  return [...changes]
    .map(([service, {added, removed}]) => ({service, added: [...added].sort(), removed: [...removed].sort()}))
    .filter(({added, removed}) => added.length + removed.length > 0)
}

/** Without servers that are marked down. */
function addressesOf(upstreams: readonly Upstream[]): Set<string> {
  const servers = upstreams.flatMap((upstream) => upstream.servers).filter(({down}) => !down)
  return new Set(servers.map(({address, port}) => `${bracketed(address)}:${port}`))
}
