/** CPU time of NGINX for a TCP connection with settings, compared with one without, in turns within one run. */
import {readFileSync} from 'node:fs'
import {mapLimited} from '../../src/util/concurrency.js'
import {workersOf} from '../by-hand.js'
import {figures, type Figures} from '../measure.js'
import {ask} from './ask.js'
import {KINDS, openWorld, type Kind, type World} from './world.js'

const ROUNDS = 15
const CONNECTIONS = 500
const AT_ONCE = 16

export type ConnectionsResult = {
  readonly setting: Kind
  /** CPU time of all workers for one connection. */
  readonly microseconds: Figures
  /** The median, compared with that of no setting. */
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
    const results = kinds.map((setting) => ({setting, microseconds: figures(times.get(setting) ?? [])}))
    const plain = results[0]?.microseconds.median ?? NaN
    return results.map((each) => ({
      ...each,
      ratio: Math.round((each.microseconds.median / plain) * 100) / 100,
    }))
  } finally {
    await world.close()
  }
}

async function cpuOfConnection({nginx, ports}: World, kind: Kind): Promise<number> {
  const workers = workersOf(nginx.status().pid ?? 0)
  const before = cpuOf(workers)
  const answers = await mapLimited(Array.from({length: CONNECTIONS}), AT_ONCE, () => ask(ports[kind]))
  if (answers.includes(false)) throw new Error(`a connection with ${kind} was not answered`)
  return (cpuOf(workers) - before) / CONNECTIONS
}

/** Microseconds that the processes ran: https://docs.kernel.org/scheduler/sched-stats.html */
function cpuOf(pids: readonly string[]): number {
  return pids.reduce((sum, pid) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return sum + Number(nanoseconds) / 1000
  }, 0)
}
