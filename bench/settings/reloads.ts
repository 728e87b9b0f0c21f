/** Reloads while clients connect to listeners with PROXY protocol, limits and server names: no connection may fail. */
import {setTimeout as delay} from 'node:timers/promises'
import {ask} from './ask.js'
import {openWorld, type World} from './world.js'

const CHANGES = 100
/** Milliseconds between two connections to each listener. */
const PAUSE = 4

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
    const stop = new AbortController()
    const started = performance.now()
    const clients = Object.values(world.ports).map((port) => connectUntil(port, stop.signal))
    const reloads = await reload(world)
    stop.abort()
    const answers = (await Promise.all(clients)).flat()
    const seconds = (performance.now() - started) / 1000
    const failed = answers.filter((answered) => !answered).length
    return {reloads, connections: answers.length, failed, rate: Math.round(answers.length / seconds)}
  } finally {
    await world.close()
  }
}

/** The number of reloads that NGINX made. */
async function reload(world: World): Promise<number> {
  let reloads = 0
  for (let round = 1; round <= CHANGES; round += 1) reloads += await world.apply(round)
  return reloads
}

/** Opens connections at a steady rate, without waiting for the answers of earlier ones. */
async function connectUntil(port: number, signal: AbortSignal): Promise<boolean[]> {
  const answers: Promise<boolean>[] = []
  while (!signal.aborted) {
    answers.push(ask(port))
    await delay(PAUSE)
  }
  return Promise.all(answers)
}
