/** Files that `lbex check` is to write: none may be one that it reads, and no two the same. */
import {UsageError} from '../../cli/usage-error.js'
import type {ReadFile} from '../../sources/manifests/read-file.js'
import type {Outputs} from './check-output.js'
import {realPathOf} from './check-places.js'

/** Throws a UsageError where two formats are to be written into one file. */
export function refuseSharedTargets({written}: Outputs): void {
  const files = written.map(({file}) => realPathOf(file))
  const twice = written.find(({file}, index) => files.indexOf(realPathOf(file)) !== index)
  if (twice)
    throw new UsageError(`two formats cannot both go to ${twice.file}`, 'give each a file of its own')
}

/** What is read, by the names that were given: the paths of manifests, the configuration, the baseline, the files of --context-file. */
export type Inputs = {readonly named: readonly string[]; readonly files: Iterable<ReadFile>}

/** Throws a UsageError where a format would be written over an input. */
export function refuseInputsAsTargets({written}: Outputs, {named, files}: Inputs): void {
  if (written.length === 0) return
  const inputs = new Set(named.map(realPathOf))
  const targets = new Set(written.map(({file}) => realPathOf(file)))
  for (const read of files) {
    const path = realPathOf(read.file)
    if (targets.has(path) && isManifest(read)) inputs.add(path)
  }
  const clash = written.find(({file}) => inputs.has(realPathOf(file)))
  if (clash) throw new UsageError(`${clash.file} is read: nothing is written over it`, 'name another file')
}

/** A report of an earlier run may lie in a folder that is read: it may be written anew. */
function isManifest({text = ''}: ReadFile): boolean {
  return /^[\s{-]*["']?apiVersion["']?\s*:/m.test(text)
}
