/** Reloads while clients connect to listeners with PROXY protocol, limits, server names and TLS: no connection may fail. */
import {startLoad, type Target} from './load.js'
import {KINDS, openWorld, type Kind, type World} from './world.js'

const CHANGES = 100
/** Connections per second, if the machine can have them: 3,000 in all. */
const RATES: Readonly<Record<Kind, number>> = {plain: 700, 'PROXY v1': 700, limits: 700, SNI: 700, TLS: 200}

export type ReloadsResult = {
  readonly reloads: number
  readonly connections: number
  readonly failed: number
  /** Connections per second. */
  readonly rate: number
}

export async function benchReloads(): Promise<ReloadsResult> {
  const world = await openWorld()
  try {
    await world.apply(0)
    const started = performance.now()
    const stop = await startLoad(targetsIn(world))
    const reloads = await reload(world)
    const {connections, failed} = await stop()
    const seconds = (performance.now() - started) / 1000
    return {reloads, connections, failed, rate: Math.round(connections / seconds)}
  } finally {
    await world.close()
  }
}

function targetsIn({ports}: World): Target[] {
  const kinds = Object.keys(KINDS) as Kind[]
  return kinds.map((kind) => ({
    port: ports[kind],
    client: kind === 'TLS' ? 'tls' : 'plain',
    perSecond: RATES[kind],
  }))
}

/** The number of reloads that NGINX made. */
async function reload(world: World): Promise<number> {
  let reloads = 0
  for (let round = 1; round <= CHANGES; round += 1) reloads += await world.apply(round)
  return reloads
}
