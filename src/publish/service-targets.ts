/** What each Service should have: those that are published now, and those that still have what was published before. */
import type {Ingress, ServiceRef, WrittenState, WrittenStates} from '../core/cluster/written-state.js'
import {isClassOf, type ClassSelection} from '../core/intent/service-class.js'
import {keyOf} from './moment.js'
import type {ServedPorts} from './served-ports.js'
import type {ServiceTarget} from './service-writer.js'
import {isOurIngress, isSameIngress, wantedIngress} from './status.js'

/** A Service that is no longer published, and the ingress that was published last, if it is known. */
type Leaving = {
  readonly service: ServiceRef
  readonly uid?: string | undefined
  readonly ingress?: readonly Ingress[] | undefined
}

export type ServiceTargetsOptions = {
  readonly selection: ClassSelection
  readonly states: Pick<WrittenStates, 'written' | 'allWritten'>
  /** Set the finalizer of load balancers. */
  readonly finalizer: boolean
}

export class ServiceTargets {
  private current: ReadonlyMap<string, ServedPorts> = new Map()
  private readonly leaving = new Map<string, Leaving>()
  private addresses: readonly string[] = []

  constructor(private readonly options: ServiceTargetsOptions) {}

  /** The Services that are published, by keyOf. */
  get served(): ReadonlyMap<string, ServedPorts> {
    return this.current
  }

  /** All that something may have to be written to. */
  keys(): ReadonlySet<string> {
    return new Set([...this.current.keys(), ...this.leaving.keys()])
  }

  /** Takes what is to be published from now on, at these addresses. */
  update(served: ReadonlyMap<string, ServedPorts>, addresses: readonly string[]): void {
    for (const [key, before] of this.current) if (!served.has(key)) this.leave(key, before)
    for (const key of this.leaving.keys()) if (served.has(key)) this.leaving.delete(key)
    this.current = served
    if (addresses.join() !== this.addresses.join()) this.addresses = addresses
    for (const [service, state] of this.options.states.allWritten()) {
      const key = keyOf(service)
      if (!served.has(key) && !this.leaving.has(key) && this.isLeftover(state))
        this.leaving.set(key, {service})
    }
  }

  /** Undefined if lbex has nothing to do with the Service. */
  targetOf(key: string): ServiceTarget | undefined {
    const served = this.current.get(key)
    if (!served) return this.clearedTarget(key)
    const {ref: service, uid} = served.service
    const ingress = wantedIngress(served, this.addresses)
    return {service, uid, ingress, ...(this.options.finalizer && {finalizer: true})}
  }

  /** A Service has what it should have: nothing is left to do if it is no longer published. */
  settle(key: string): void {
    this.leaving.delete(key)
  }

  private leave(key: string, before: ServedPorts): void {
    const {ref: service, uid} = before.service
    this.leaving.set(key, {service, uid, ingress: wantedIngress(before, this.addresses)})
  }

  private clearedTarget(key: string): ServiceTarget | undefined {
    const leaving = this.leaving.get(key)
    const state = leaving && this.options.states.written(leaving.service)
    if (!state) return undefined
    const {service, uid} = leaving
    return {service, uid, finalizer: false, ...(this.isOurs(leaving, state) && {ingress: []})}
  }

  /** False if another lbex, which serves another pool, may have published the Service since. */
  private isOurs({ingress}: Leaving, state: WrittenState): boolean {
    if (!state.isLoadBalancer || isOurIngress(state, this.addresses)) return true
    return ingress !== undefined && isSameIngress(ingress, state)
  }

  /** An earlier lbex may have published the Service. */
  private isLeftover(state: WrittenState): boolean {
    if (!state.isLoadBalancer) return isOurIngress(state, this.addresses)
    const isOfClass = isClassOf(state.loadBalancerClass, this.options.selection)
    return isOfClass && state.isDeleting === true && state.hasFinalizer
  }
}
