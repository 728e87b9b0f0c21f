/** What was written to the Services that a reflector knows. */
import {isDeepStrictEqual} from 'node:util'
import type {KubeObject} from '../../kube/answers.js'
import {isOlder} from '../../kube/resource-version.js'
import {
  otherAddressesOf,
  statusAddressesOf,
  type ServiceRef,
  type StatusAddresses,
  type WrittenState,
} from '../../core/cluster/written-state.js'
import type {ObjectObserver} from './object-observer.js'
import {namespacedRef} from './project.js'
import {readWrittenState} from './read-written-state.js'

type OnChange = (service: ServiceRef, hasMoved: boolean) => void

export class WrittenStore implements ObjectObserver {
  private states = new Map<string, WrittenState>()
  /** Made again after a change of one. */
  private addresses: StatusAddresses | undefined
  private others: StatusAddresses | undefined

  /** `onChange` is not called if nothing but the resource version changes; `hasMoved`: the addresses changed. */
  constructor(private readonly onChange: OnChange) {}

  get({namespace, name}: Pick<ServiceRef, 'namespace' | 'name'>): WrittenState | undefined {
    return this.states.get(`${namespace}/${name}`)
  }

  all(): Iterable<readonly [service: ServiceRef, state: WrittenState]> {
    return [...this.states].map(([key, state]) => [refFrom(key), state])
  }

  /** Ignores an object that is older than the known one: the response to a write arrives before its watch event. */
  put(object: KubeObject): void {
    const key = keyOf(object)
    const before = this.states.get(key)
    if (isOlder(object.metadata.resourceVersion, before?.resourceVersion ?? '')) return
    const state = readWrittenState(object)
    if (state) this.states.set(key, state)
    else this.states.delete(key)
    if (!isSame(before, state)) this.report(refOf(object), before, state)
  }

  remove(object: KubeObject): void {
    const before = this.states.get(keyOf(object))
    if (this.states.delete(keyOf(object))) this.report(refOf(object), before, undefined)
  }

  /** The same object as before while no address changes. */
  get statusAddresses(): StatusAddresses {
    return (this.addresses ??= addressesIn(this.states, statusAddressesOf))
  }

  /** Those that other controllers wrote. The same object as before while no address changes. */
  get otherAddresses(): StatusAddresses {
    return (this.others ??= addressesIn(this.states, otherAddressesOf))
  }

  replacement(): ReturnType<ObjectObserver['replacement']> {
    const states = new Map<string, WrittenState>()
    return {
      add: (objects) => {
        for (const object of objects) {
          const state = readWrittenState(object)
          if (state) states.set(keyOf(object), state)
        }
      },
      commit: ({complete}) => {
        const before = this.states
        this.states = complete ? states : new Map([...before, ...states])
        for (const key of new Set([...before.keys(), ...states.keys()]))
          if (!isSame(before.get(key), this.states.get(key)))
            this.report(refFrom(key), before.get(key), this.states.get(key))
      },
    }
  }

  private report(
    service: ServiceRef,
    before: WrittenState | undefined,
    after: WrittenState | undefined,
  ): void {
    const hasMoved = !haveSameAddresses(before, after)
    if (hasMoved) this.addresses = this.others = undefined
    this.onChange(service, hasMoved)
  }
}

function addressesIn(
  states: ReadonlyMap<string, WrittenState>,
  addressesOf: (state: WrittenState) => readonly string[],
): StatusAddresses {
  const addresses = new Map<string, readonly string[]>()
  for (const [key, state] of states) {
    const ofService = state.isLoadBalancer ? addressesOf(state) : []
    if (ofService.length > 0) addresses.set(key, ofService)
  }
  return addresses
}

function haveSameAddresses(a: WrittenState | undefined, b: WrittenState | undefined): boolean {
  const [before, after] = [a, b].map((state) =>
    state?.isLoadBalancer ? [statusAddressesOf(state).join(), otherAddressesOf(state).join()] : ['', ''],
  )
  return isDeepStrictEqual(before, after)
}

function isSame(a: WrittenState | undefined, b: WrittenState | undefined): boolean {
  return isDeepStrictEqual({...a, resourceVersion: undefined}, {...b, resourceVersion: undefined})
}

function refOf({metadata}: KubeObject): ServiceRef {
  return namespacedRef('Service', metadata)
}

function keyOf(object: KubeObject): string {
  const {namespace, name} = refOf(object)
  return `${namespace}/${name}`
}

function refFrom(key: string): ServiceRef {
  const [namespace = '', name = ''] = key.split('/')
  return {kind: 'Service', namespace, name}
}
