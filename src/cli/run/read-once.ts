/** Reads a cluster or manifests once, for commands that print a result and end. */
import type {CoverageFlags} from '../flags/input.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import type {Logger} from '../../util/logger.js'
import {openSource, type SourceFlags} from './source.js'

/** Manifests are partial knowledge without --complete. Rejects with a UsageError or a Failure. */
export async function readOnce(flags: SourceFlags & CoverageFlags, log: Logger): Promise<SnapshotReading> {
  const coverage = flags.complete ? 'complete' : 'partial'
  const source = await openSource(flags, {coverage, log})
  try {
    return await source.read(new AbortController().signal)
  } finally {
    await source.close()
  }
}
