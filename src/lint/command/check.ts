/** `lbex check`: reads manifests, applies the rules of run and render, and reports findings. */
import type {CommandReport} from '../../report/report.js'
import {show} from './check-show.js'
import {diagnosticsOf, prepare, read, type AllCheckFlags} from './check-task.js'

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function check(
  flags: AllCheckFlags,
  paths: readonly string[],
  notices: readonly string[],
): Promise<CommandReport> {
  const report = await checkOrExplain(flags, paths)
  return {...report, notes: notices.map((notice) => `warning: ${notice}\n`).join('') + report.notes}
}

async function checkOrExplain(flags: AllCheckFlags, paths: readonly string[]): Promise<CommandReport> {
  if (flags.explain !== undefined || flags['list-rules']) {
    const {explain} = await import('./check-rules.js')
    return explain(flags)
  }
  const task = await prepare(flags, paths)
  if (flags.fix || flags['fix-dry-run']) {
    const {fixManifests} = await import('./check-fix.js')
    return fixManifests(task)
  }
  const reading = await read(task)
  return show(diagnosticsOf(reading, task), reading, task)
}
