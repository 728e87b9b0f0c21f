/** What the cluster of a soak holds, and how it changes by chance. */
import type {Manifest} from '../../support/api-double/history.js'
import {keyOf} from '../../support/api-double/history.js'
import {below, pick} from '../../support/random.js'
import type {DoubleCluster} from '../double-cluster.js'
import {aNode, aService, aSlice} from '../objects.js'

const SERVICES = 12
const NODES = ['node-2', 'node-3', 'node-4']
const ADDRESSES = ['127.0.0.12', '127.0.0.13', '127.0.0.14', '127.0.0.15']
const SPOILT = ['banana', '0', '65536', '22', '+80', ' 80']
const EXCLUDED = {'node.kubernetes.io/exclude-from-external-load-balancers': ''}

export class World {
  private readonly present = new Map<string, Manifest>()

  /** `always`: what does not change, and has to be served all the time. `ports`: where the others may listen. */
  constructor(
    private readonly cluster: DoubleCluster,
    private readonly random: () => number,
    private readonly always: readonly Manifest[],
    private readonly ports: readonly number[],
  ) {
    for (const [index, name] of NODES.entries()) this.put(aNode(name, ADDRESSES[index] as string))
  }

  /** One change of one Service or Node. */
  change(): void {
    const dice = this.random()
    if (dice < 0.2) return this.changeNode()
    const number = below(SERVICES, this.random)
    const name = `s${number}`
    if (dice < 0.3) return this.drop(aSlice(name), aService(name, {listen: 1, nodePort: 1}))
    if (dice < 0.4) return this.serve(name, number, pick(SPOILT, this.random))
    if (dice < 0.7) return this.serve(name, number, `${pick(this.ports, this.random)}`)
    this.put(aSlice(name, this.endpoints()))
  }

  /** The cluster has lost everything: what there should be is put into it again. */
  restore(): void {
    for (const object of [...this.always, ...this.present.values()]) this.cluster.api.put(object)
  }

  /** A valid or invalid annotation. */
  private serve(name: string, number: number, listen: string): void {
    const annotations = {'loadbalancer-port.lbex/main': listen}
    this.put(aService(name, {listen: 0, nodePort: 31_000 + number, annotations}))
    this.put(aSlice(name, this.endpoints()))
  }

  private endpoints() {
    const nodes = NODES.filter(() => this.random() < 0.6)
    return nodes.map((node) => ({node, ready: this.random() < 0.8}))
  }

  private changeNode(): void {
    const ready = pick(['True', 'True', 'True', 'False', 'Unknown'] as const, this.random)
    const labels = this.random() < 0.2 ? EXCLUDED : {}
    const cordoned = this.random() < 0.3
    const addressType = this.random() < 0.2 ? 'ExternalIP' : 'InternalIP'
    const details = {ready, labels, cordoned, addressType}
    this.put(aNode(pick(NODES, this.random), pick(ADDRESSES, this.random), details))
  }

  private put(object: Manifest): void {
    this.present.set(keyOf(object), object)
    this.cluster.api.put(object)
  }

  private drop(...objects: readonly Manifest[]): void {
    for (const object of objects) if (this.present.delete(keyOf(object))) this.cluster.api.remove(object)
  }
}
