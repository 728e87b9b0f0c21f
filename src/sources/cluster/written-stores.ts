/** What was written to the Services of a cluster source: one store for each of its reflectors of Services. */
import type {KubeObject} from '../../kube/answers.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import type {ServiceRef, StatusAddresses, WrittenState} from '../../core/cluster/written-state.js'
import {WrittenStore} from './written-store.js'

export class WrittenStores {
  readonly stores: readonly WrittenStore[]
  private readonly ofLbex = new JoinedAddresses()
  private readonly ofOthers = new JoinedAddresses()

  /** `namespaces`: undefined for all of them. `onChange` as in WrittenStore. */
  constructor(
    private readonly namespaces: readonly (string | undefined)[],
    onChange: ConstructorParameters<typeof WrittenStore>[0],
  ) {
    this.stores = namespaces.map(() => new WrittenStore(onChange))
  }

  get(service: ServiceRef): WrittenState | undefined {
    for (const store of this.stores) {
      const state = store.get(service)
      if (state) return state
    }
    return undefined
  }

  all(): Iterable<readonly [service: ServiceRef, state: WrittenState]> {
    return this.stores.flatMap((store) => [...store.all()])
  }

  /** Stores a Service from the response to a write. */
  put(object: KubeObject): void {
    const {namespace = ''} = object.metadata
    const at = this.namespaces.findIndex((each) => each === undefined || each === namespace)
    this.stores[at]?.put(object)
  }

  /** The same objects as before while no address changes. */
  get addresses(): Pick<ClusterSnapshot, 'statusAddresses' | 'otherAddresses'> {
    const statusAddresses = this.ofLbex.join(this.stores.map((store) => store.statusAddresses))
    const otherAddresses = this.ofOthers.join(this.stores.map((store) => store.otherAddresses))
    return {statusAddresses, ...(otherAddresses.size > 0 && {otherAddresses})}
  }
}

class JoinedAddresses {
  private parts: readonly StatusAddresses[] = []
  private whole: StatusAddresses = new Map()

  /** The same object as before while the parts are the same. */
  join(parts: readonly StatusAddresses[]): StatusAddresses {
    const {parts: before} = this
    if (parts.length === before.length && parts.every((part, index) => part === before[index]))
      return this.whole
    const [first] = parts
    this.parts = parts
    return (this.whole = first && parts.length === 1 ? first : new Map(parts.flatMap((part) => [...part])))
  }
}
