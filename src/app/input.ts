import type {InputFlags} from '../cli/flags/input.js'
import {UsageError} from '../cli/usage-error.js'

/** The paths of -f. Throws a UsageError where there are none: a live cluster is not read by this version. */
export function manifestPaths({filename = []}: InputFlags): readonly string[] {
  if (filename.length > 0) return filename
  throw new UsageError(
    'nothing to read',
    'name manifests with -f FILE (a folder, a glob pattern and - work too)',
  )
}
