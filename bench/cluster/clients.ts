/** Those who connect to the load balancer, and whom they reach. */
import {createConnection} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {waitFor} from '../../test/support/wait.js'

/** Milliseconds that a client waits for an answer. */
const PATIENCE = 5000

/** The address of the backend behind a listen port; undefined where nobody answers. */
function reach(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({port, host: '127.0.0.1'})
    const end = (answer?: string): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(PATIENCE, () => end())
    socket.on('data', (data) => end(data.toString().trim()))
    socket.on('end', () => end())
    socket.on('error', () => end())
  })
}

/** Tries again until somebody answers. */
export async function untilReached(port: number): Promise<void> {
  const isReached = async (): Promise<boolean> => (await reach(port)) !== undefined
  await waitFor(isReached, {what: `an answer on port ${port}`, deadline: 60_000, every: 5})
}

/** Reaches all ports, `size` at the same time; returns how many answered. */
export async function sweep(ports: readonly number[], size: number): Promise<number> {
  const waiting = ports.values()
  let answered = 0
  const client = async (): Promise<void> => {
    for (const port of waiting) if ((await reach(port)) !== undefined) answered += 1
  }
  await Promise.all(Array.from({length: size}, client))
  return answered
}

export type Arrival = {
  /** Milliseconds until the first answer of a new backend, and until the last of an old one. */
  readonly firstNew: number
  readonly lastOld: number
  /** Connections that nobody answered meanwhile. */
  readonly unanswered: number
}

/** Old answers may come for so long after the first new one, milliseconds: NGINX waits 100 before it tells the old workers. */
const AFTERMATH = 400
/** Milliseconds after which a change will not come any more. */
const LOST = 20_000

/** Makes a change, then asks every few milliseconds whom the port leads to. */
export async function follow(
  port: number,
  isNew: (address: string) => boolean,
  change: () => Promise<unknown> | void,
): Promise<Arrival> {
  const start = performance.now()
  const since = (): number => performance.now() - start
  let [firstNew, lastOld, unanswered] = [Infinity, 0, 0]
  const asking = (async () => {
    while (since() < firstNew + AFTERMATH && since() < LOST) {
      const asked = since()
      const answer = await reach(port)
      if (answer === undefined) unanswered += 1
      else if (isNew(answer)) firstNew = Math.min(firstNew, since())
      else lastOld = asked
      await delay(3)
    }
  })()
  await Promise.all([change(), asking])
  return {firstNew, lastOld, unanswered}
}
