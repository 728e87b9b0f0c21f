/** A server that fails: how many connections fail, and for how long, with the same checks by lbex and by HAProxy. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {startTcpBackend} from '../../test/support/backends.js'
import {freePort} from '../../test/support/ports.js'
import {figures, type Figures} from '../measure.js'
import {ask} from './ask.js'
import {CHECKS, startStage, type Checks, type Listener} from './failure-stage.js'

/** What happens to a server. `hangs`: its connections are no longer accepted, and soon they are not even refused. */
const FAILURES = {
  killed: (victim) => victim.kill('SIGKILL'),
  hangs: (victim) => victim.send('hang'),
} as const satisfies Record<string, (victim: ChildProcess) => unknown>

type FailureKind = keyof typeof FAILURES

/** Servers that fail in each way. */
const VICTIMS = 3
/** Milliseconds: between two connections to each listener, before the first failure, after it, and until a client gives up. */
const TIMES = {pause: 50, before: 3000, after: 12_000, patience: 3000}

export type FailuresResult = {
  readonly server: FailureKind
  readonly checks: Checks
  readonly by: Listener['by']
  /** Connections of each listener that failed. */
  readonly failed: Figures
  /** Milliseconds from the failure of the server to the start of the last connection that failed. */
  readonly until: Figures
}

/** A connection that failed: milliseconds from the failure of the server to its start. */
type Failed = number

export async function compareFailures(): Promise<FailuresResult[]> {
  const port = await freePort()
  const good = await startTcpBackend('good', {port})
  const kinds = (Object.keys(FAILURES) as FailureKind[]).flatMap((kind) =>
    Array<FailureKind>(VICTIMS).fill(kind),
  )
  const addresses = kinds.map((_, index) => `127.0.0.${index + 10}`)
  const victims = await Promise.all(addresses.map((address) => startVictim(address, port)))
  try {
    const stage = await startStage(addresses, port)
    try {
      return resultsOf(kinds, await connectAndFail(kinds, victims, stage.listeners))
    } finally {
      await stage.close()
    }
  } finally {
    for (const victim of victims) victim.kill('SIGKILL')
    await good.close()
  }
}

async function startVictim(address: string, port: number): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('victim-process.ts', import.meta.url))
  const child = fork(program, [address, String(port)], {execArgv: ['--import', 'tsx']})
  await once(child, 'message')
  return child
}

type Observed = Listener & {readonly failures: readonly Failed[]}

/** All servers fail within a second, at different moments of it. */
async function connectAndFail(
  kinds: readonly FailureKind[],
  victims: readonly ChildProcess[],
  listeners: readonly Listener[],
): Promise<Observed[]> {
  const stop = new AbortController()
  const failedAt = victims.map(() => Infinity)
  const clients = listeners.map(async (listener) => {
    const starts = await failedStarts(listener.port, stop.signal)
    return {...listener, failures: starts.map((start) => start - (failedAt[listener.victim] ?? 0))}
  })
  await delay(TIMES.before)
  for (const [index, victim] of victims.entries()) {
    failedAt[index] = performance.now()
    FAILURES[kinds[index] ?? 'killed'](victim)
    await delay(1000 / victims.length)
  }
  await delay(TIMES.after)
  stop.abort()
  return Promise.all(clients)
}

/** Opens connections at a steady rate, without waiting for answers. The times at which those began that failed. */
async function failedStarts(port: number, signal: AbortSignal): Promise<number[]> {
  const starts: Promise<number | undefined>[] = []
  while (!signal.aborted) {
    const start = performance.now()
    starts.push(ask(port, TIMES.patience).then((answered) => (answered ? undefined : start)))
    await delay(TIMES.pause)
  }
  return (await Promise.all(starts)).filter((start) => start !== undefined)
}

function resultsOf(kinds: readonly FailureKind[], observed: readonly Observed[]): FailuresResult[] {
  return (Object.keys(FAILURES) as FailureKind[]).flatMap((server) =>
    (Object.keys(CHECKS) as Checks[]).flatMap((checks) =>
      (['lbex with live updates', 'HAProxy'] as const).map((by) => {
        const own = observed.filter(
          (each) => each.by === by && each.checks === checks && kinds[each.victim] === server,
        )
        return {
          ...{server, checks, by},
          failed: figures(own.map(({failures}) => failures.length)),
          until: figures(own.map(({failures}) => Math.max(0, ...failures))),
        }
      }),
    ),
  )
}
