/** A source that reads the double of a test, in the time of a fake clock. */
import {setMaxListeners} from 'node:events'
import {
  createClusterSource,
  type ClusterSource,
  type ClusterSourceOptions,
} from '../../../../src/sources/cluster/cluster-source.js'
import type {ClusterSnapshot} from '../../../../src/core/cluster/snapshot.js'
import type {SnapshotReading, SnapshotSource} from '../../../../src/sources/snapshot-source.js'
import {useDouble, type DoubleInUse} from '../../../support/api-double/use-double.js'
import {waitFor} from '../../../support/wait.js'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {FakeLog} from '../../../unit/controller/fakes.js'

export type ClusterInUse = Pick<DoubleInUse, 'api'> & {
  readonly clock: FakeClock
  readonly log: FakeLog
  /** Aborts when the test is over. */
  readonly signal: AbortSignal
  /** Reads the double, through --proxy. */
  open(namespaces?: readonly string[], secretsOf?: ClusterSourceOptions['secretsOf']): Promise<ClusterSource>
  /** The watch of each kind is open. */
  watching(count?: number): Promise<void>
  /** Lets time pass, a little for each look at the condition, so that real answers keep up with it. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
}

/** To be called inside `describe`. */
export function useCluster(): ClusterInUse {
  const use = useDouble()
  let clock = new FakeClock()
  let log = new FakeLog()
  let ending = new AbortController()
  let opened: SnapshotSource[] = []

  beforeEach(() => {
    clock = new FakeClock()
    log = new FakeLog()
    ending = new AbortController()
    setMaxListeners(0, ending.signal)
    opened = []
  })
  afterEach(async () => {
    ending.abort()
    await Promise.all(opened.map((source) => source.close()))
  })

  return {
    get api() {
      return use.api
    },
    get clock() {
      return clock
    },
    get log() {
      return log
    },
    get signal() {
      return ending.signal
    },
    open: async (namespaces, secretsOf) => {
      const access = await use.access(undefined, clock)
      const source = createClusterSource({
        access,
        clock,
        log,
        random: () => 0,
        ...(namespaces && {namespaces}),
        secretsOf,
      })
      opened.push(source)
      return source
    },
    watching: async (count = 3) => {
      await waitFor(() => use.api.openWatches === count, {what: `${count} watches`, every: 2})
    },
    until: async (what, condition) => {
      const look = async (): Promise<boolean> => {
        if (await condition()) return true
        await clock.advance(50)
        return false
      }
      await waitFor(look, {what, every: 5})
    },
  }
}

/** What matters of a snapshot, in words. */
export function outline({snapshot}: SnapshotReading): Record<'services' | 'endpoints' | 'nodes', string[]> {
  return {
    services: names(snapshot.services),
    endpoints: addresses(snapshot),
    nodes: names(snapshot.nodes),
  }
}

function names(objects: ClusterSnapshot['nodes'] | ClusterSnapshot['services']): string[] {
  return objects.map(({ref}) => (ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name)).sort()
}

function addresses({endpointSlices, endpoints}: ClusterSnapshot): string[] {
  const slices = [...endpointSlices, ...endpoints]
  return slices
    .flatMap((slice) => slice.endpoints.map(({addresses: [ip]}) => `${slice.serviceName} ${ip}`))
    .sort()
}
