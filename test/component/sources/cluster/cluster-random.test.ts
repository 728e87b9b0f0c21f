/** An hour in seconds: changes and faults at random (the seed is in the name), and in the end the source knows what is there. */
import assert from 'node:assert/strict'
import {isDeepStrictEqual} from 'node:util'
import type {ApiDouble} from '../../../support/api-double/api-double.js'
import type {Fault} from '../../../support/api-double/faults.js'
import type {Manifest} from '../../../support/api-double/history.js'
import {apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import {RESOURCES} from '../../../support/api-double/resources.js'
import {busy, internalError, unauthorized} from '../../../support/api-double/status.js'
import {randomNumbers} from '../../../support/random.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {waitFor} from '../../../support/wait.js'
import type {SnapshotReading} from '../../../../src/sources/snapshot-source.js'
import {outline, useCluster} from './cluster-in-use.js'

const FAULTS: readonly Fault[] = [
  {kind: 'refuse', with: internalError},
  {kind: 'refuse', with: busy(2)},
  {kind: 'refuse', with: unauthorized},
  {kind: 'refuse', with: {code: 200, body: 'nonsense'}},
  {kind: 'reset'},
  {kind: 'hang'},
  {kind: 'cut', after: 150},
  {kind: 'cut', after: 700},
  {kind: 'slow', piece: 300},
  {kind: 'mute'},
  {kind: 'say', text: '{"type":"ADDED"}\n'},
]

class Chaos {
  constructor(
    private readonly api: ApiDouble,
    private readonly random: () => number,
  ) {}

  async step(): Promise<void> {
    const dice = this.random()
    if (dice < 0.7) this.change()
    else if (dice < 0.76) this.api.cutConnections()
    else if (dice < 0.82) this.api.history.compact()
    else if (dice < 0.87) this.api.endWatches()
    else if (dice < 0.92) this.api.bookmark()
    else if (dice < 0.97) await this.restart()
    else this.spoil()
  }

  private change(): void {
    const object = this.someObject()
    const known = this.api.history.get(object.kind, object.metadata.namespace, object.metadata.name)
    if (known && this.random() < 0.4) this.api.remove(known)
    else this.api.put(object)
  }

  private someObject(): Manifest {
    const name = `name-${this.number(15)}`
    const kind = this.random()
    if (kind < 0.45) return apiService(name, {port: 80 + this.number(3)})
    if (kind < 0.9) return apiSlice(name, [`10.1.0.${this.number(4)}`])
    return apiNode(name, `10.2.0.${this.number(3)}`)
  }

  private async restart(): Promise<void> {
    await this.api.kill()
    if (this.random() < 0.4) this.api.loseHistory()
    for (let count = this.number(5); count > 0; count -= 1) this.change()
    await this.api.start()
  }

  /** Some of the requests from now on, until something else is spoilt. */
  private spoil(): void {
    const fault = FAULTS[this.number(FAULTS.length)]
    const share = this.random()
    this.api.fault = () => (this.random() < share ? fault : undefined)
  }

  private number(below: number): number {
    return Math.floor(this.random() * below)
  }
}

describe('sources/cluster, after an hour of random faults', () => {
  const use = useCluster()

  function present(): ReturnType<typeof outline> {
    const [services, nodes, slices] = ['Service', 'Node', 'EndpointSlice'].map((kind) =>
      use.api.history.all(RESOURCES.find((resource) => resource.kind === kind)!),
    )
    return {
      services: (services ?? []).map(({metadata}) => `${metadata.namespace}/${metadata.name}`).sort(),
      nodes: (nodes ?? []).map(({metadata}) => metadata.name).sort(),
      endpoints: (slices ?? [])
        .map(
          ({metadata, endpoints}) =>
            `${metadata.name.slice(0, -2)} ${(endpoints as {addresses: string[]}[])[0]?.addresses[0]}`,
        )
        .sort(),
    }
  }

  const portOf = ({spec}: Manifest): number | undefined => (spec as {ports: {port: number}[]}).ports[0]?.port

  /** Name and port of each Service. */
  function presentPorts(): unknown[] {
    const names = present().services.map((name) => name.slice('default/'.length))
    return names.map((name) => [name, portOf(use.api.history.get('Service', 'default', name)!)])
  }

  const portsOf = ({snapshot}: SnapshotReading): unknown[] =>
    snapshot.services.map(({ref, ports}) => [ref.name, ports[0]?.port]).sort()

  for (const seed of [1, 2, 3]) {
    it(`has the current state (seed ${seed})`, async function () {
      this.timeout(INTEGRATION_TIMEOUT)
      const random = randomNumbers(seed)
      const chaos = new Chaos(use.api, random)
      const source = await use.open()
      await source.read(use.signal).catch(() => {})
      for (let step = 0; step < 300; step += 1) {
        await chaos.step()
        await use.clock.advance(random() < 0.05 ? 90_000 : random() * 5000)
      }
      use.api.fault = undefined
      const isRight = async (): Promise<boolean> => {
        await use.clock.advance(250)
        const reading = await source.read(use.signal).catch(() => undefined)
        return (
          reading !== undefined &&
          isDeepStrictEqual([outline(reading), portsOf(reading)], [present(), presentPorts()])
        )
      }
      // A watch that says nothing is given up twice before the list is repeated.
      await waitFor(isRight, {what: 'the end of all faults', deadline: 40_000, every: 5})
      const minutes = use.clock.monotonic() / 60_000
      assert.ok(use.api.requests.length <= 3 * 60 * minutes, 'more than one request a second for each kind')
    })
  }
})
