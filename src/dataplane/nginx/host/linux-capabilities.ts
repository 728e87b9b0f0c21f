/** Linux capabilities of processes (https://man7.org/linux/man-pages/man7/capabilities.7.html). */
import {readFile} from 'node:fs/promises'

/** The bits of those that lbex uses: linux/capability.h. */
const BITS = {
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
} as const

export type Capability = keyof typeof BITS

/** Those of this process, or of another. Children inherit them, unless they change user. Rejects if the process is gone. */
export async function capabilitiesOf(pid: number | 'self'): Promise<ReadonlySet<Capability>> {
  return capabilitiesIn(await readFile(`/proc/${pid}/status`, 'utf8'))
}

/** Those that a program has which this process starts: those of root, and the ambient ones of other users. */
export async function capabilitiesForChildren(): Promise<ReadonlySet<Capability>> {
  const status = await readFile('/proc/self/status', 'utf8')
  return capabilitiesIn(status, process.geteuid?.() === 0 ? 'CapEff' : 'CapAmb')
}

/** `status`: text of /proc/PID/status. */
export function capabilitiesIn(
  status: string,
  field: 'CapEff' | 'CapAmb' = 'CapEff',
): ReadonlySet<Capability> {
  const digits = new RegExp(`^${field}:\\s+([\\da-f]+)$`, 'm').exec(status)?.[1] ?? '0'
  const mask = BigInt(`0x${digits}`)
  const names = Object.keys(BITS) as Capability[]
  return new Set(names.filter((name) => (mask >> BigInt(BITS[name])) & 1n))
}
