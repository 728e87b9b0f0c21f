/** Loses hosts with lbex ha keepalived and lbex ha bird, in network namespaces with real programs: what does a client notice? */
import {setTimeout as delay} from 'node:timers/promises'
import {send} from '../src/dataplane/nginx/process/processes.js'
import {Bgp} from '../test/integration/ha/bgp.js'
import type {Seen} from '../test/integration/ha/client-process.js'
import {Pair, type Engine} from '../test/integration/ha/pair.js'
import {haPrograms, runIn} from '../test/integration/ha/programs.js'
import {Vrrp} from '../test/integration/ha/vrrp.js'
import {round} from './measure.js'

export type FailoverResult = {
  readonly engine: string
  readonly change: string
  /** Connections, one every 10 ms. */
  readonly succeeded: number
  readonly failed: number
  /** Longest time without service, milliseconds. */
  readonly gap: number
  /** From the first to the last connection that was not answered at once, milliseconds. */
  readonly disturbed: number
  /** The hosts that have the address before and after. */
  readonly holders: string
}

/** Milliseconds after a change, in which a late effect of it would show. */
const LATER = 4000

type Change = readonly [what: string, change: (pair: Pair, holder: number) => Promise<unknown>]

/** The change happens to the host that has the address; its end leaves both hosts ready. */
const CHANGES: readonly Change[] = [
  ['kill -9 lbex, started again after 1 s', killLbex],
  ['kill -9 NGINX', async (pair, holder) => killNginx(pair, holder)],
  ['kill -9 lbex and NGINX, started again after 5 s', killBoth],
  ['host lost', (pair, holder) => pair.lose(holder)],
  ['that host is back', (pair, holder) => pair.bringBack(1 - holder)],
  ['link cut for 5 s', cutLink],
  ['planned stop, and start', stopAndStart],
]

export async function benchFailover(): Promise<FailoverResult[]> {
  const programs = await haPrograms()
  if ('reason' in programs) throw new Error(programs.reason)
  return [
    ...(await measureAll('keepalived', new Vrrp(programs), [
      ...CHANGES,
      ['hosts lose each other', splitBrain],
    ])),
    ...(await measureAll('BIRD', new Bgp(programs), CHANGES)),
  ]
}

async function measureAll(
  engine: string,
  used: Engine,
  changes: readonly Change[],
): Promise<FailoverResult[]> {
  const pair = await Pair.open(used)
  try {
    await pair.start()
    const results: FailoverResult[] = []
    for (const [change, apply] of changes) {
      if (!change.startsWith('that host')) await untilSettled(pair, used)
      const before = pair.holders()
      const seen = await pair.during(async () => {
        await apply(pair, before.at(-1) ?? 0)
        await delay(LATER)
      })
      results.push(
        resultOf({engine, change, seen, holders: `${before.join('+')} to ${pair.holders().join('+')}`}),
      )
      console.log(results.at(-1), seen.reasons)
    }
    return results
  } finally {
    await pair.close()
  }
}

/** Until both hosts could have the address. BGP uses both. */
async function untilSettled(pair: Pair, engine: Engine): Promise<void> {
  const count = engine instanceof Bgp ? 2 : 1
  await pair.host(0).until('both hosts to be ready', () => pair.holders().length === count, 60_000)
  await delay(LATER)
}

function resultOf({
  seen,
  ...result
}: {seen: Seen} & Pick<FailoverResult, 'engine' | 'change' | 'holders'>): FailoverResult {
  return {
    ...result,
    succeeded: seen.succeeded,
    failed: seen.failed,
    gap: round(seen.gap),
    disturbed: round(seen.disturbed),
  }
}

async function killLbex(pair: Pair, holder: number): Promise<void> {
  await pair.host(holder).end('SIGKILL')
  await delay(1000)
  await pair.startLbex(holder)
}

function killNginx(pair: Pair, holder: number): void {
  for (const each of Object.values(pair.host(holder).nginx()).flat()) send(each, 'SIGKILL')
}

async function killBoth(pair: Pair, holder: number): Promise<void> {
  const ended = pair.host(holder).end('SIGKILL')
  killNginx(pair, holder)
  await ended
  await delay(5000)
  await pair.startLbex(holder)
}

async function cutLink(pair: Pair, holder: number): Promise<void> {
  pair.network.setLink(holder, 'down')
  await delay(5000)
  pair.network.setLink(holder, 'up')
}

async function stopAndStart(pair: Pair, holder: number): Promise<void> {
  await pair.host(holder).end('SIGTERM')
  await pair.startLbex(holder)
}

/** The bridge forwards nothing between the hosts, and everything between them and the client. */
async function splitBrain(pair: Pair): Promise<void> {
  for (const state of ['on', 'off']) {
    for (const index of [0, 1])
      runIn(
        pair.network.into(),
        'ip',
        'link',
        'set',
        `host-${index}`,
        'type',
        'bridge_slave',
        'isolated',
        state,
      )
    await delay(5000)
  }
}
