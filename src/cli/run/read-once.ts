/** Reads a cluster or manifests once, for commands that print a result and end. */
import type {CoverageFlags} from '../flags/input.js'
import type {SelectionFlags} from '../flags/selection.js'
import {secretReader} from '../../core/intent/named-secrets.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import type {PoolFlags} from './address-pools.js'
import {intentOptions} from './options.js'
import {openSource, type SourceFlags} from './source.js'
import type {WarningLog} from './warning-log.js'

/** With the Secrets that the selected Services name. Manifests are partial knowledge without --complete. Rejects with a UsageError or a Failure. */
export async function readOnce(
  flags: SourceFlags & CoverageFlags & SelectionFlags & PoolFlags,
  log: WarningLog,
): Promise<SnapshotReading> {
  const coverage = flags.complete ? 'complete' : 'partial'
  const secretsOf = secretReader(intentOptions(flags))
  const onKubeconfigOfKubectl = (description: string) => void log.notes.push(`reading ${description}`)
  const readsAddresses = flags['address-pool'] !== undefined
  const source = await openSource(flags, {coverage, log, secretsOf, readsAddresses, onKubeconfigOfKubectl})
  try {
    return await source.read(new AbortController().signal)
  } finally {
    await source.close()
  }
}
