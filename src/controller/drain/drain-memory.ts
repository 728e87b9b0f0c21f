/** Keeps what DrainPlan knows in a file, so that connections are ended in time although lbex was restarted meanwhile. */
import {parseIp} from '../../core/cluster/ip-address.js'
import {writeFileAtomically} from '../../util/atomic-write.js'
import type {ServerAddress} from '../../dataplane/data-plane.js'
import {readBounded} from '../../util/read-bounded.js'
import type {DrainMemory, TimedServer} from './drain-plan.js'

/** The content of the file; `version` changes with its form. `at`: milliseconds since the epoch. */
type Saved = DrainMemory & {readonly version: 1; readonly at: number}

/** Bytes: half a million servers. */
const MOST_BYTES = 64 * 1024 * 1024

/** Undefined if the file does not exist or is not valid: then connections to servers that left earlier are not ended. */
export async function readDrainMemory(path: string, now: number): Promise<DrainMemory | undefined> {
  try {
    const content = await readBounded(path, {limit: MOST_BYTES})
    const saved = JSON.parse(content.toString('utf8')) as Partial<Saved>
    if (saved.version !== 1 || typeof saved.at !== 'number') return undefined
    const passed = Math.max(0, now - saved.at)
    const leaving = timedServersIn(saved.leaving).map((server) => ({
      ...server,
      milliseconds: Math.max(0, server.milliseconds - passed),
    }))
    return {used: timedServersIn(saved.used), leaving, kept: serversIn(saved.kept)}
  } catch {
    return undefined
  }
}

/** Rejects as node:fs does. No sync: a crash of the host ends the connections too. */
export async function writeDrainMemory(path: string, memory: DrainMemory, now: number): Promise<void> {
  const saved: Saved = {version: 1, at: now, ...memory}
  await writeFileAtomically(path, `${JSON.stringify(saved)}\n`, {sync: false})
}

function timedServersIn(list: unknown): TimedServer[] {
  const servers = serversIn(list) as Partial<TimedServer>[]
  return servers.filter((server): server is TimedServer => Number.isFinite(server.milliseconds))
}

function serversIn(list: unknown): ServerAddress[] {
  return Array.isArray(list) ? list.filter(isServer) : []
}

function isServer(value: unknown): value is ServerAddress {
  const server = value as Partial<ServerAddress> | null
  return (
    typeof server?.address === 'string' &&
    parseIp(server.address)?.address === server.address &&
    Number.isInteger(server.port) &&
    (server.protocol === 'TCP' || server.protocol === 'UDP')
  )
}
