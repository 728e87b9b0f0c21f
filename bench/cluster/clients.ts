/** Clients of the load balancer, which record the backends that answer. */
import {createConnection} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {waitFor} from '../../test/support/wait.js'

/** Milliseconds that a client waits for an answer. */
const TIMEOUT = 5000

/** The address of the backend behind a listen port; undefined without an answer. */
function reach(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({port, host})
    const end = (answer?: string): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(TIMEOUT, () => end())
    socket.on('data', (data) => end(data.toString().trim()))
    socket.on('end', () => end())
    socket.on('error', () => end())
  })
}

/** Retries until a backend answers. */
export async function untilReached(port: number, host?: string): Promise<void> {
  const isReached = async (): Promise<boolean> => (await reach(port, host)) !== undefined
  await waitFor(isReached, {what: `an answer on port ${port}`, deadline: 60_000, every: 5})
}

/** Connects to all ports, `size` at a time; resolves to the number of answers. */
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
  /** Milliseconds until the first answer of a new backend, and until the last answer of an old one. */
  readonly firstNew: number
  readonly lastOld: number
  /** Connections without an answer meanwhile. */
  readonly unanswered: number
}

/** Milliseconds after the first new answer in which old answers may come: NGINX signals its old workers after 100 ms. */
const AFTERMATH = 400
/** Milliseconds after which a change counts as lost. */
const LOST = 20_000

/** Makes a change, and polls the port every few milliseconds to see which backend answers. */
export async function follow(
  port: number,
  isNew: (address: string) => boolean,
  change: () => Promise<unknown> | void,
  host?: string,
): Promise<Arrival> {
  const start = performance.now()
  const since = (): number => performance.now() - start
  let [firstNew, lastOld, unanswered] = [Infinity, 0, 0]
  const polling = (async () => {
    while (since() < firstNew + AFTERMATH && since() < LOST) {
      const asked = since()
      const answer = await reach(port, host)
      if (answer === undefined) unanswered += 1
      else if (isNew(answer)) firstNew = Math.min(firstNew, since())
      else lastOld = asked
      await delay(3)
    }
  })()
  await Promise.all([change(), polling])
  return {firstNew, lastOld, unanswered}
}
