/** `lbex check`: reads manifests, judges them as run and render do, and reports what the author should know. */
import type {Report} from '../../report/report.js'
import {show} from './check-show.js'
import {judge, prepare, read, type AllCheckFlags} from './check-task.js'

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function check(
  flags: AllCheckFlags,
  paths: readonly string[],
  notices: readonly string[],
): Promise<Report> {
  const report = await answer(flags, paths)
  return {...report, notes: notices.map((notice) => `warning: ${notice}\n`).join('') + report.notes}
}

async function answer(flags: AllCheckFlags, paths: readonly string[]): Promise<Report> {
  if (flags.explain !== undefined || flags['list-rules']) {
    const {explain} = await import('./check-rules.js')
    return explain(flags)
  }
  const task = await prepare(flags, paths)
  if (flags.fix || flags['fix-dry-run']) {
    const {mend} = await import('./check-fix.js')
    return mend(task)
  }
  const reading = await read(task)
  return show(judge(reading, task), reading, task)
}
