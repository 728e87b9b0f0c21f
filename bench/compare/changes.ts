/** A change of all servers of a Service without a reload: lbex, and HAProxy's runtime API, in turns on the same cluster. */
import {mkdir, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {nginxOf} from '../../scripts/get-nginx.mjs'
import {freePort} from '../../test/support/ports.js'
import {follow, untilReached, type Arrival} from '../cluster/clients.js'
import {Daemon} from '../cluster/daemon.js'
import {Environment} from '../cluster/environment.js'
import {endpointAddress, listenPort, type Size} from '../cluster/objects.js'
import {Haproxy, type Way} from '../live/haproxy.js'
import {percentiles, rounds, type Percentiles} from '../measure.js'

export type ChangesResult = {
  readonly by: 'lbex with live updates' | `HAProxy, ${Way} server`
  readonly services: number
  readonly endpoints: number
  /**
   * Milliseconds from the change until the first answer of a new server: with lbex from the change of the cluster, with HAProxy
   * from the command.
   */
  readonly firstNew: Percentiles
  readonly unanswered: number
  readonly reloads: number
}

const SIZE = {services: 100, endpoints: 10}
const CHANGES = rounds(20)
/** The Service that is changed: one with Pods as upstreams. */
const INDEX = 37
const FLAGS = [
  '--live-updates',
  'on',
  '--on-stop',
  'drain',
  '--pre-stop-delay',
  '0s',
  '--shutdown-timeout',
  '1s',
]

/** `host`: its listen address. `change`: to the servers of this round. */
type Changed = {
  readonly by: ChangesResult['by']
  readonly host: string
  readonly change: (round: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function compareChanges(): Promise<ChangesResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const environment = Environment.start()
  const started: Changed[] = []
  try {
    const {url, backend} = await environment.run('fill', SIZE)
    const daemon = await startDaemon(url, join(directory, 'nginx'))
    started.push({
      by: 'lbex with live updates',
      host: '127.0.0.1',
      change: (round) => environment.run('rollOut', {index: INDEX, round}),
      close: () => daemon.stop(),
    })
    for (const [way, host] of [
      ['set', '127.0.0.2'],
      ['add', '127.0.0.3'],
    ] as const)
      started.push(await startHaproxy(join(directory, way), way, {backend, host}))
    for (const {host} of started) await untilReached(listenPort(SIZE.services - 1), host)
    // Longer than --reload-interval: what lbex still has to do after the start is over.
    await delay(2000)
    const before = daemon.reloads
    const results = await compareAll(started)
    return results.map((result, index) => ({...result, reloads: index === 0 ? daemon.reloads - before : 0}))
  } finally {
    for (const {close} of started) await close()
    await environment.stop()
    await rm(directory, {recursive: true, force: true})
  }
}

async function startDaemon(url: string, directory: string): Promise<Daemon> {
  const nginx = await nginxOf('sid')
  if ('reason' in nginx) throw new Error(nginx.reason)
  return Daemon.start({url, nginx, directory, healthPort: await freePort(), flags: FLAGS})
}

async function startHaproxy(
  folder: string,
  way: Way,
  listen: {readonly backend: number; readonly host: string},
): Promise<Changed> {
  await mkdir(folder)
  const haproxy = await Haproxy.start(folder, SIZE, listen)
  let previous = 0
  return {
    by: `HAProxy, ${way} server`,
    host: listen.host,
    change: async (round) => {
      await haproxy.change(way, INDEX, {round, previous})
      previous = round
    },
    close: () => haproxy.stop(),
  }
}

async function compareAll(changed: readonly Changed[]): Promise<Omit<ChangesResult, 'reloads'>[]> {
  const arrivals = changed.map((): Arrival[] => [])
  for (let turn = 1; turn <= CHANGES; turn += 1)
    for (const [index, {host, change}] of changed.entries()) {
      const wanted = addressesOf(turn)
      arrivals[index]?.push(
        await follow(
          listenPort(INDEX),
          (address) => wanted.has(address),
          () => change(turn),
          host,
        ),
      )
    }
  return changed.map(({by}, index) => {
    const own = arrivals[index] ?? []
    const unanswered = own.reduce((sum, arrival) => sum + arrival.unanswered, 0)
    return {by, ...SIZE, firstNew: percentiles(own.map(({firstNew}) => firstNew)), unanswered}
  })
}

function addressesOf(round: number, size: Size = SIZE): Set<string> {
  const numbers = Array.from({length: size.endpoints}, (_, number) => number)
  return new Set(numbers.map((number) => endpointAddress(INDEX, size, round, number)))
}
