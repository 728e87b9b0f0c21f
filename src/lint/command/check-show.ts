/** Formats the findings of `lbex check`, without those in the baseline. */
import {otherPools} from '../pool-overlap.js'
import {unmatchedNames} from '../../cli/run/unmatched.js'
import {UsageError} from '../../cli/usage-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {CHECK_FORMATS, CHECK_MEDIA} from '../formats/check-formats.js'
import {checkExitCode, type CheckResult} from '../formats/check-result.js'
import {checkSummary} from '../formats/check-text.js'
import type {CommandReport} from '../../report/report.js'
import type {ManifestReading} from '../../sources/manifests/read-manifests.js'
import {writeOutputs} from './check-output.js'
import {skippedRemarks} from './check-skipped.js'
import {isForEveryPool, resultOf, type CheckTask} from './check-task.js'

/** Writes all formats; the report has the one that is printed. */
export async function show(
  diagnostics: readonly Diagnostic[],
  reading: ManifestReading,
  task: CheckTask,
): Promise<CommandReport> {
  const {flags} = task
  const {baseline} = flags
  if (flags['write-baseline']) refuseBaseline(task)
  const result = resultOf(diagnostics, reading, task)
  if (baseline === undefined) return print(result, task, remarksOn(reading, task))
  const {writeBaseline, withoutKnown} = await import('./check-baseline.js')
  if (flags['write-baseline']) return writeBaseline(baseline, result)
  const {fresh, remarks} = await withoutKnown(baseline, result, reading.files.keys())
  return print({...result, diagnostics: fresh}, task, [...remarksOn(reading, task), ...remarks])
}

function refuseBaseline({flags: {baseline}, outputs: {written}}: CheckTask): void {
  if (baseline === undefined)
    throw new UsageError('--write-baseline needs a file', 'name the file with --baseline FILE')
  const [report] = written
  if (report)
    throw new UsageError(
      `--write-baseline does not write the report ${report.file}`,
      'run lbex check again without --write-baseline',
    )
}

async function print(
  result: CheckResult,
  {outputs}: CheckTask,
  remarks: readonly string[],
): Promise<CommandReport> {
  await writeOutputs(outputs, result)
  const {printed} = outputs
  const summary = printed?.format === 'text' || printed?.format === 'github' ? [] : [checkSummary(result)]
  return {
    output: printed ? CHECK_FORMATS[printed.format](result) : '',
    notes: [...summary, ...remarks].map((line) => `${line}\n`).join(''),
    exitCode: checkExitCode(result),
    ...(printed && printed.format !== 'text' && {medium: CHECK_MEDIA[printed.format]}),
    ...(result.colour && {colour: true}),
  }
}

/** What was skipped, and how to check it. */
function remarksOn({snapshot, nonManifests}: ManifestReading, {flags, options, cwd}: CheckTask): string[] {
  const files = [
    ...unmatchedNames(snapshot, flags).map((sentence) => `warning: ${sentence}`),
    ...skippedRemarks(nonManifests, cwd),
  ]
  if (isForEveryPool(flags)) return files
  const pools = [...otherPools(snapshot.services, options)].map(
    ([pool, count]) =>
      `not checked: ${count} ${count === 1 ? 'Service' : 'Services'} of pool ${pool} (use --service-pool ${pool})`,
  )
  return [...files, ...pools]
}
