/** Reads --context-file. A broken file is an error, because otherwise its conflicts would be missed silently. */
import type {CheckFlags} from '../../cli/flags/check.js'
import {UsageError} from '../../cli/usage-error.js'
import {Failure} from '../../diagnostics/failure.js'
import {readManifests, type ManifestReading} from '../../sources/manifests/read-manifests.js'

export type ContextFlags = Pick<CheckFlags, 'allow-empty' | 'max-file-size' | 'follow-links'>

const UNREADABLE = new Set(['yaml-syntax', 'wrong-type'])

/** Rejects with a UsageError if there is no Service (unless --allow-empty), with a Failure if a file cannot be read. */
export async function readContext(
  paths: readonly string[],
  {'allow-empty': allowEmpty, 'max-file-size': maxFileSize, 'follow-links': followLinks}: ContextFlags,
): Promise<ManifestReading> {
  const reading = await readManifests(paths, {maxFileSize, followLinks}).catch((error: unknown) => {
    throw error instanceof Failure ? withFlagName(error) : error
  })
  refuseBroken(reading)
  if (reading.snapshot.services.length > 0 || allowEmpty) return reading
  throw new UsageError(
    `there is no Service in ${paths.join(', ')} (--context-file)`,
    'write it with kubectl get services -A -o yaml; --allow-empty allows this',
  )
}

function withFlagName(cause: Failure): Failure {
  const {code, temporary} = cause
  const hint = 'check the path after --context-file; a relative path begins in the working directory'
  return new Failure(`--context-file: ${cause.message}`, {code, hint, temporary, cause})
}

function refuseBroken({diagnostics, locate}: ManifestReading): void {
  const broken = locate(diagnostics).find(({code}) => UNREADABLE.has(code))
  if (!broken) return
  const {location, object, message} = broken
  const place = location ? `${location.file}:${location.line}` : object.name
  throw new Failure(`--context-file: ${place}: ${message}`, {
    code: 'context-broken',
    hint: 'write it with kubectl get services -A -o yaml',
  })
}
