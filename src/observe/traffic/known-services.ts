/** The Services that lbex serves, or served until recently: a connection may outlive its Service. */
import type {ListenerKey} from '../../core/model/listener-key.js'
import type {Listener, LoadBalancer, Owner} from '../../core/model/load-balancer.js'
import type {Session} from './session-line.js'

/** Milliseconds for which a Service that is gone stays known. */
export const REMEMBERED = 3_600_000

export type ServiceName = {readonly namespace: string; readonly name: string}

/** A listener of the load balancer, and whose it is. */
export type KnownListener = {
  readonly listener: Listener
  /** The listen port to count for: the first one of a range, so that a range of 1,000 ports does not have 1,000 times the series. */
  readonly port: number
  /** Id of its only Service; empty if several share it. */
  readonly owner: string
  /** Ids of all of its Services. */
  readonly owners: readonly string[]
}

export class KnownServices {
  private readonly names = new Map<string, {readonly name: ServiceName; readonly seenAt: number}>()
  private known: readonly KnownListener[] = []
  private byKey = new Map<string, KnownListener>()

  /** `now`: monotonic milliseconds. */
  update(loadBalancer: LoadBalancer, now: number): void {
    this.known = knownListeners(loadBalancer, (id, name) => this.names.set(id, {name, seenAt: now}))
    this.byKey = new Map(this.known.map((each) => [keyOf(each.listener.key), each]))
    for (const [id, {seenAt}] of this.names) if (now - seenAt > REMEMBERED) this.names.delete(id)
  }

  get listeners(): readonly KnownListener[] {
    return this.known
  }

  nameOf(id: string): ServiceName | undefined {
    return id === '' ? NAMELESS : this.names.get(id)?.name
  }

  /** Id of the Service of a session. Empty if it cannot be told which of several Services that share the listener it is. */
  ownerOf({owner, ...session}: Session): string {
    return owner ?? this.listenerOf(session)?.owner ?? ''
  }

  /** The listen port to count the session for. */
  portOf(session: Session): number {
    return this.listenerOf(session)?.port ?? session.port
  }

  private listenerOf({address, port, protocol}: Pick<Session, 'address' | 'port' | 'protocol'>) {
    const wildcard = address.includes(':') ? '::' : '0.0.0.0'
    return (
      this.byKey.get(keyOf({address, port, protocol})) ??
      this.byKey.get(keyOf({address: wildcard, port, protocol}))
    )
  }
}

const NAMELESS: ServiceName = {namespace: '', name: ''}

function keyOf({address, port, protocol}: ListenerKey): string {
  return `${address}|${port}|${protocol}`
}

type OnOwner = (id: string, name: ServiceName) => void

function knownListeners({services, shared}: LoadBalancer, onOwner: OnOwner): KnownListener[] {
  const single = services.flatMap(({id, ref, listeners}) => {
    onOwner(id, nameOf(ref))
    return listeners.map((listener) => ({listener, port: firstPortOf(listener), owner: id, owners: [id]}))
  })
  return [...single, ...shared.map(({listener}) => sharedListener(listener, onOwner))]
}

function firstPortOf({key, routes}: Listener): number {
  return routes[0]?.firstPort ?? key.port
}

/** The name of an upstream starts with the id of its Service. */
function sharedListener(listener: Listener, onOwner: OnOwner): KnownListener {
  const owners = new Set<string>()
  for (const {owner, upstreams} of listener.routes) {
    const id = upstreams[0]?.name.split('_')[0]
    if (id === undefined) continue
    owners.add(id)
    onOwner(id, nameOf(owner))
  }
  return {listener, port: listener.key.port, owner: '', owners: [...owners]}
}

function nameOf({namespace, name}: Owner['ref']): ServiceName {
  return {namespace, name}
}
