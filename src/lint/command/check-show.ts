/** Shows what `lbex check` has found, in every format that was asked for, less what a baseline knows. */
import {otherPools} from '../pool-overlap.js'
import {unmatchedNames} from '../../cli/run/unmatched.js'
import {UsageError} from '../../cli/usage-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {CHECK_FORMATS, CHECK_MEDIA} from '../formats/check-formats.js'
import {checkExitCode, type CheckResult} from '../formats/check-result.js'
import {checkSummary} from '../formats/check-text.js'
import type {Report} from '../../report/report.js'
import type {ManifestReading} from '../../sources/manifests/read-manifests.js'
import {writeOutputs} from './check-output.js'
import {passedOverRemarks} from './check-passed-over.js'
import {isForEveryPool, resultOf, type CheckTask} from './check-task.js'

/** The report on `diagnostics`, in all formats that were asked for. */
export async function show(
  diagnostics: readonly Diagnostic[],
  reading: ManifestReading,
  task: CheckTask,
): Promise<Report> {
  const {flags} = task
  const {baseline} = flags
  if (flags['write-baseline']) refuseBaselineWish(task)
  const result = resultOf(diagnostics, reading, task)
  if (baseline === undefined) return print(result, task, remarksOn(reading, task))
  const {writeBaseline, withoutKnown} = await import('./check-baseline.js')
  if (flags['write-baseline']) return writeBaseline(baseline, result)
  const {fresh, remarks} = await withoutKnown(baseline, result, reading.files.keys())
  return print({...result, diagnostics: fresh}, task, [...remarksOn(reading, task), ...remarks])
}

function refuseBaselineWish({flags: {baseline}, outputs: {written}}: CheckTask): void {
  if (baseline === undefined)
    throw new UsageError('--write-baseline needs to know where', 'name the file with --baseline FILE')
  const [report] = written
  if (report)
    throw new UsageError(
      `--write-baseline writes no report, so not ${report.file} either`,
      'call lbex check a second time for it',
    )
}

async function print(result: CheckResult, {outputs}: CheckTask, remarks: readonly string[]): Promise<Report> {
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

/** What was left out, and what to do about it. */
function remarksOn({snapshot, passedOver}: ManifestReading, {flags, options, cwd}: CheckTask): string[] {
  const files = [
    ...unmatchedNames(snapshot, flags).map((sentence) => `warning: ${sentence}`),
    ...passedOverRemarks(passedOver, cwd),
  ]
  if (isForEveryPool(flags)) return files
  const pools = [...otherPools(snapshot.services, options)].map(
    ([pool, count]) =>
      `not judged: ${count} ${count === 1 ? 'Service' : 'Services'} of pool ${pool} (--service-pool ${pool} does)`,
  )
  return [...files, ...pools]
}
