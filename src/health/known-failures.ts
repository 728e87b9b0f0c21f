/** Keeps failed checks in a file, so that the next lbex does not send traffic to servers that are known to fail. */
import {readFile} from 'node:fs/promises'
import {writeFileAtomically} from '../util/atomic-write.js'
import type {KnownFailure} from './monitor.js'

/** The content of the file; `version` changes with its form. */
type Saved = {readonly version: 1; readonly failures: readonly [id: string, KnownFailure][]}

/** Returns nothing if the file does not exist or is not valid: probes find out again. */
export async function readKnownFailures(path: string): Promise<Map<string, KnownFailure>> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as Partial<Saved>
    const failures = saved.version === 1 && Array.isArray(saved.failures) ? saved.failures : []
    return new Map(failures.filter(isEntry))
  } catch {
    return new Map()
  }
}

/** Rejects as node:fs does. No sync: after a crash of the host the file is too old anyway. */
export async function writeKnownFailures(
  path: string,
  failures: ReadonlyMap<string, KnownFailure>,
): Promise<void> {
  const saved: Saved = {version: 1, failures: [...failures]}
  await writeFileAtomically(path, `${JSON.stringify(saved)}\n`, {sync: false})
}

function isEntry(entry: unknown): entry is [string, KnownFailure] {
  if (!Array.isArray(entry)) return false
  const [id, failure] = entry as [unknown, Partial<KnownFailure> | null | undefined]
  return (
    typeof id === 'string' &&
    typeof failure?.reason === 'string' &&
    Number.isFinite(failure.since) &&
    Number.isFinite(failure.probed) &&
    typeof failure.flapping === 'boolean'
  )
}
