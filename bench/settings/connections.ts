/** CPU time of NGINX for a TCP connection with settings, compared with one without, in turns within one run. */
import {mapLimited} from '../../src/util/concurrency.js'
import {figures, medianRatio, rounds, type Figures} from '../measure.js'
import {childrenOf, cpuOf} from '../processes.js'
import {ask} from './ask.js'
import {KINDS, openWorld, type Kind, type World} from './world.js'

const ROUNDS = rounds(11)
const CONNECTIONS = 500
const AT_ONCE = 16

export type ConnectionsResult = {
  readonly setting: Kind
  /** CPU time of all workers for one connection. */
  readonly microseconds: Figures
  /** Compared with no setting: the median of the ratios of the rounds. */
  readonly ratio: number
}

export async function benchConnections(): Promise<ConnectionsResult[]> {
  const world = await openWorld()
  try {
    await world.apply(0)
    const kinds = Object.keys(KINDS) as Kind[]
    const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]))
    for (let round = 0; round < ROUNDS; round += 1)
      for (const kind of kinds) times.get(kind)?.push(await cpuOfConnection(world, kind))
    const plain = times.get('plain') ?? []
    return kinds.map((setting) => {
      const own = times.get(setting) ?? []
      return {setting, microseconds: figures(own), ratio: medianRatio(own, plain)}
    })
  } finally {
    await world.close()
  }
}

async function cpuOfConnection({nginx, ports}: World, kind: Kind): Promise<number> {
  const workers = childrenOf(nginx.status().pid ?? 0)
  const before = cpuOf(workers)
  const client = kind === 'TLS' ? 'tls' : 'plain'
  const answers = await mapLimited(Array.from({length: CONNECTIONS}), AT_ONCE, () => ask(ports[kind], client))
  if (answers.includes(false)) throw new Error(`a connection with ${kind} was not answered`)
  return (cpuOf(workers) - before) / CONNECTIONS
}
