/** Keeps what DrainPlan knows in a file, so that connections are ended in time although lbex was restarted meanwhile. */
import {readFile} from 'node:fs/promises'
import {isIP} from 'node:net'
import {writeFileAtomically} from '../../util/atomic-write.js'
import type {DrainMemory, TimedServer} from './drain-plan.js'

/** The content of the file; `version` changes with its form. `at`: milliseconds since the epoch. */
type Saved = DrainMemory & {readonly version: 1; readonly at: number}

/** Undefined if the file does not exist or is not valid: then connections to servers that left earlier are not ended. */
export async function readDrainMemory(path: string, now: number): Promise<DrainMemory | undefined> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as Partial<Saved>
    if (saved.version !== 1 || typeof saved.at !== 'number') return undefined
    const passed = Math.max(0, now - saved.at)
    const leaving = serversIn(saved.leaving).map((server) => ({
      ...server,
      milliseconds: Math.max(0, server.milliseconds - passed),
    }))
    return {used: serversIn(saved.used), leaving}
  } catch {
    return undefined
  }
}

/** Rejects as node:fs does. No sync: a crash of the host ends the connections too. */
export async function writeDrainMemory(path: string, memory: DrainMemory, now: number): Promise<void> {
  const saved: Saved = {version: 1, at: now, ...memory}
  await writeFileAtomically(path, `${JSON.stringify(saved)}\n`, {sync: false})
}

function serversIn(list: unknown): TimedServer[] {
  return Array.isArray(list) ? list.filter(isTimedServer) : []
}

function isTimedServer(value: unknown): value is TimedServer {
  const server = value as Partial<TimedServer> | null
  return (
    typeof server?.address === 'string' &&
    isIP(server.address) !== 0 &&
    Number.isInteger(server.port) &&
    (server.protocol === 'TCP' || server.protocol === 'UDP') &&
    Number.isFinite(server.milliseconds)
  )
}
