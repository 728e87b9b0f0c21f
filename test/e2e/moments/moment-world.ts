/** The cluster of the moments: a Service whose servers change, one that comes and goes, and one that stays; and who answers. */
import assert from 'node:assert/strict'
import {below, randomNumbers} from '../../support/random.js'
import {askTcp} from '../../support/traffic.js'
import type {DoubleCluster} from '../double-cluster.js'
import type {Host} from '../host.js'
import {aNode, aService, aSlice} from '../objects.js'

/** One on each node. They say their names. */
export const SERVERS = ['a', 'b', 'c', 'd'].map((name, index) => ({name, address: `127.0.0.${11 + index}`}))

/** Enough that each of the servers gets some of them. */
const QUESTIONS = 24
/** Milliseconds. */
const CATCHES_UP = 60_000

export class MomentWorld {
  private random = randomNumbers(0)
  private wanted = new Set<string>()
  /** Servers in the configuration that NGINX has loaded. */
  private written = new Set<string>()
  private hasOther = false
  /** Servers that may still answer: those from before the last changes too. */
  private known = new Set<string>()
  private readonly strange = new Set<string>()

  /** `ports`: of the Service that stays, of the one that changes, of the one that comes and goes, and of the servers. */
  constructor(
    private readonly cluster: DoubleCluster,
    private readonly host: Host,
    private readonly ports: readonly number[],
  ) {}

  get isEmpty(): boolean {
    return this.wanted.size === 0
  }

  /** `nodePort`: of the Service that stays. */
  async begin(nodePort: number): Promise<void> {
    const [stable = 0, web = 0, , servers = 0] = this.ports
    const nodes = SERVERS.map(({name, address}) => aNode(`node-${name}`, address))
    await this.cluster.put(aNode('node-1', '127.0.0.1'), ...nodes)
    await this.cluster.put(aService('stable', {listen: stable, nodePort}), aSlice('stable'))
    await this.cluster.put(aService('web', {listen: web, nodePort: servers}))
    this.change(false, {empty: false})
  }

  reseed(seed: number): void {
    this.random = randomNumbers(seed)
  }

  /** Other servers; the other Service comes or goes `withOther`. */
  change(withOther: boolean, {empty = true} = {}): void {
    const names = this.otherServers(empty)
    this.wanted = new Set(names)
    for (const name of names) this.known.add(name)
    this.cluster.api.put(
      aSlice(
        'web',
        names.map((name) => ({node: `node-${name}`})),
      ),
    )
    if (withOther) this.toggleOther()
  }

  /** NGINX has loaded today's servers. A change back to them would need no reload, so there will be none. */
  noteWritten(): void {
    this.written = this.wanted
  }

  /** From now on only today's servers may answer, and those of changes to come. */
  forgetStrangers(): void {
    this.known = new Set(this.wanted)
    this.strange.clear()
  }

  /** What is wrong with the answers since then. */
  strangers(): readonly string[] {
    return [...this.strange].map((name) => `${name} answered, which had left before`)
  }

  /** Makes a change, if any, and waits until exactly the wanted servers answer. */
  async until(change: () => void = () => {}): Promise<void> {
    change()
    let seen: readonly string[] = []
    const isServed = async (): Promise<boolean> => {
      seen = await this.answers()
      return seen.join() === [...this.wanted].sort().join()
    }
    const what = `answers of ${[...this.wanted].sort().join() || 'no server'}`
    await this.host.until(what, isServed, CATCHES_UP).catch((error: Error) => {
      throw new Error(`${error.message.split('; lbex said:')[0]}, but they are of ${seen.join() || 'none'}`)
    })
    this.known = new Set(this.wanted)
  }

  async expectServed(): Promise<void> {
    assert.deepEqual(await this.answers(), [...this.wanted].sort())
  }

  private otherServers(empty: boolean): string[] {
    for (;;) {
      const chosen = below(2 ** SERVERS.length, this.random)
      const names = SERVERS.map(({name}) => name).filter((_, index) => (chosen >> index) & 1)
      const isSame = [this.wanted, this.written].some(
        (set) => names.length === set.size && names.every((name) => set.has(name)),
      )
      if (!isSame && (empty || names.length > 0)) return names
    }
  }

  private toggleOther(): void {
    const [, , listen = 0, nodePort = 0] = this.ports
    const objects = [aService('other', {listen, nodePort}), aSlice('other', [{node: 'node-a'}])]
    this.hasOther = !this.hasOther
    for (const object of objects) {
      if (this.hasOther) this.cluster.api.put(object)
      else this.cluster.api.remove(object)
    }
  }

  private async answers(): Promise<readonly string[]> {
    const target = {port: this.ports[1] as number}
    const asked = Array.from({length: QUESTIONS}, () => askTcp(target).catch(() => undefined))
    const names = new Set((await Promise.all(asked)).filter((name) => name !== undefined))
    for (const name of names) if (!this.known.has(name)) this.strange.add(name)
    return [...names].sort()
  }
}
