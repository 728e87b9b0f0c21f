/** Checks the output files of `lbex check`: all are different, and none is an input. */
import {UsageError} from '../../cli/usage-error.js'
import type {ReadFile} from '../../sources/manifests/read-file.js'
import type {Outputs} from './check-output.js'
import {realPathOf} from './check-paths.js'

/** Throws a UsageError if two formats would be written to the same file. */
export function refuseSharedTargets({written}: Outputs): void {
  const files = written.map(({file}) => realPathOf(file))
  const twice = written.find(({file}, index) => files.indexOf(realPathOf(file)) !== index)
  if (twice)
    throw new UsageError(
      `two formats cannot both be written to ${twice.file}`,
      'use a different file for each',
    )
}

/**
 * `named` are input paths as given: manifests, configuration, baseline, files of --context-file. `files` are the files that were read.
 */
export type Inputs = {readonly named: readonly string[]; readonly files: Iterable<ReadFile>}

/** Throws a UsageError if a format would overwrite an input. */
export function refuseInputsAsTargets({written}: Outputs, {named, files}: Inputs): void {
  if (written.length === 0) return
  const inputs = new Set(named.map(realPathOf))
  const targets = new Set(written.map(({file}) => realPathOf(file)))
  for (const read of files) {
    const path = realPathOf(read.file)
    if (targets.has(path) && isManifest(read)) inputs.add(path)
  }
  const clash = written.find(({file}) => inputs.has(realPathOf(file)))
  if (clash) throw new UsageError(`${clash.file} is an input and is not overwritten`, 'name another file')
}

/** A report of an earlier run may be in a folder that is read: it may be overwritten, a manifest must not be. */
function isManifest({text = ''}: ReadFile): boolean {
  return /^[\s{-]*["']?apiVersion["']?\s*:/m.test(text)
}
