/** Clients in a process of their own, which connect at a steady rate until they are told to stop. */
import {once} from 'node:events'
import {setTimeout as delay} from 'node:timers/promises'
import {ask} from './ask.js'
import type {Load, Target} from './load.js'

/** Connections to one listener that are open at a time: on a slow machine the rate is lower. */
const MOST_OPEN = 100

const stop = new AbortController()
const received = once(process, 'message') as Promise<[readonly Target[]]>
process.on('message', (message) => {
  if (message === 'stop') stop.abort()
})
process.send?.('ready')
const [targets] = await received
const loads = await Promise.all(targets.map(connectUntilStopped))
const sum = (count: (load: Load) => number): number => loads.reduce((total, load) => total + count(load), 0)
process.send?.({
  connections: sum((load) => load.connections),
  failed: sum((load) => load.failed),
} satisfies Load)
process.disconnect()

async function connectUntilStopped({port, client, perSecond}: Target): Promise<Load> {
  const open = new Set<Promise<void>>()
  let [connections, failed, skipped] = [0, 0, 0]
  const begun = performance.now()
  while (!stop.signal.aborted) {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond) - skipped
    for (; connections < due && open.size < MOST_OPEN; connections += 1) {
      const asking: Promise<void> = ask(port, client).then((answered) => {
        open.delete(asking)
        if (!answered) failed += 1
      })
      open.add(asking)
    }
    skipped += Math.max(0, due - connections)
    await delay(2)
  }
  await Promise.all(open)
  return {connections, failed}
}
