/** The desired status of each Service: of published ones, and of those whose earlier status must be cleared. */
import type {Ingress, ServiceRef, WrittenState, WrittenStates} from '../core/cluster/written-state.js'
import {groupOfManager} from './field-manager.js'
import {keyOf} from './moment.js'
import {PublishedAddresses} from './published-addresses.js'
import type {ServedPorts} from './served-ports.js'
import type {ServiceTarget} from './service-writer.js'
import {isOurIngress, isSameIngress, pooledIngress, wantedIngress} from './status.js'

/** A Service that is no longer published, with the last published ingress if it is known. */
type Unpublished = {
  readonly service: ServiceRef
  readonly uid?: string | undefined
  readonly ingress?: readonly Ingress[] | undefined
}

export type ServiceTargetsOptions = {
  readonly states: Pick<WrittenStates, 'written' | 'allWritten'>
  /** The field manager of the group. */
  readonly manager: string
  /** Set the load balancer finalizer. */
  readonly finalizer: boolean
}

export class ServiceTargets {
  private current: ReadonlyMap<string, ServedPorts> = new Map()
  private readonly unpublished = new Map<string, Unpublished>()
  private addresses = new PublishedAddresses()

  constructor(private readonly options: ServiceTargetsOptions) {}

  /** The published Services by keyOf. */
  get served(): ReadonlyMap<string, ServedPorts> {
    return this.current
  }

  /** All Services that may need a write. */
  keys(): ReadonlySet<string> {
    return new Set([...this.current.keys(), ...this.unpublished.keys()])
  }

  /** Replaces the Services to publish and their addresses. `deleted`: the keys of Services that were served until their deletion. */
  update(
    served: ReadonlyMap<string, ServedPorts>,
    addresses: PublishedAddresses,
    deleted: ReadonlySet<string> = new Set(),
  ): void {
    for (const [key, before] of this.current) if (!served.has(key)) this.unpublish(key, before)
    for (const key of this.unpublished.keys()) if (served.has(key)) this.unpublished.delete(key)
    this.current = served
    this.addresses = addresses
    for (const [service, state] of this.options.states.allWritten()) {
      const key = keyOf(service)
      const isKnown = served.has(key) || this.unpublished.has(key)
      if (!isKnown && (this.isLeftover(state) || (state.hasFinalizer && deleted.has(key))))
        this.unpublished.set(key, {service})
    }
  }

  /** Undefined if lbex neither publishes the Service nor has to clear its status. */
  targetOf(key: string): ServiceTarget | undefined {
    const served = this.current.get(key)
    if (!served) return this.clearedTarget(key)
    const {ref: service, uid} = served.service
    const {basis} = served.assigned ?? {}
    const finalizer = this.options.finalizer && {finalizer: true}
    return {service, uid, ingress: this.ingressOf(served), ...(basis && {basis}), ...finalizer}
  }

  /** The Service is up to date. Forgets it if it is no longer published. */
  markDone(key: string): void {
    this.unpublished.delete(key)
  }

  private unpublish(key: string, before: ServedPorts): void {
    const {ref: service, uid} = before.service
    this.unpublished.set(key, {service, uid, ingress: this.ingressOf(before)})
  }

  private ingressOf(served: ServedPorts): readonly Ingress[] | undefined {
    const {assigned} = served
    if (assigned) return pooledIngress({...served, assigned})
    return wantedIngress(served, this.addresses.of(served), this.addresses.isFixed)
  }

  private clearedTarget(key: string): ServiceTarget | undefined {
    const unpublished = this.unpublished.get(key)
    const state = unpublished && this.options.states.written(unpublished.service)
    if (!state) return undefined
    const {service, uid} = unpublished
    return {service, uid, finalizer: false, ...(this.isOurs(unpublished, state) && {ingress: []})}
  }

  /**
   * False if another group may have published the Service since. A status that equals the last published one was kept, because
   * nothing differed, when the group had another name: its default follows the flags that select Services.
   */
  private isOurs({ingress}: Unpublished, state: WrittenState): boolean {
    const {isLoadBalancer, writer} = state
    if (!isLoadBalancer || writer === this.options.manager) return true
    const isUnchanged = ingress !== undefined && isSameIngress(ingress, state)
    if (writer !== undefined) return isUnchanged && groupOfManager(writer) !== undefined
    return isUnchanged || isOurIngress(state, this.addresses)
  }

  /** An earlier lbex of this group published the Service. */
  private isLeftover(state: WrittenState): boolean {
    if (state.writer === this.options.manager) return true
    return !state.isLoadBalancer && isOurIngress(state, this.addresses)
  }
}
