/** `lbex check --fix`: applies the fixes of the findings until none is left. */
import {readFile} from 'node:fs/promises'
import {UsageError} from '../../cli/usage-error.js'
import type {TextEdit} from '../../diagnostics/diagnostic.js'
import {oneLine} from '../../diagnostics/escape.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {checkExitCode} from '../formats/check-result.js'
import {checkSummary} from '../formats/check-text.js'
import {diffText} from '../../report/diff-text.js'
import type {CommandReport} from '../../report/report.js'
import {refuseLinks, writeWithoutLinks} from '../../util/links.js'
import {applyEdits} from '../../sources/manifests/apply-edits.js'
import type {ManifestReading} from '../../sources/manifests/read-manifests.js'
import {show} from './check-show.js'
import {diagnosticsOf, read, resultOf, type CheckTask} from './check-task.js'

/** One fix can reveal another: the value of a key that was renamed may be an unquoted number. */
const MOST_ROUNDS = 10

export async function fixManifests(task: CheckTask): Promise<CommandReport> {
  if (task.flags.fix && task.paths.includes('-'))
    throw new UsageError('--fix cannot change standard input', 'use --fix-dry-run, or name a file')
  const before = await read(task)
  if (task.flags.fix) refusePipes(before)
  const {after, texts} = await rounds(before, task)
  const changed = [...texts].filter(([file, text]) => text !== before.files.get(file)?.text)
  if (task.flags['fix-dry-run']) return showDifference(before, changed, task)
  for (const [file, text] of changed) await rewrite(file, before.files.get(file)?.text ?? '', text)
  const report = await show(diagnosticsOf(after, task), after, task)
  const fixed = changed.map(([file]) => `fixed ${oneLine(file)}\n`).join('')
  return {...report, notes: fixed + report.notes}
}

/** Writing to a pipe would wait for a reader. */
function refusePipes({files}: ManifestReading): void {
  const pipe = [...files.values()].find(({isPipe}) => isPipe)
  if (!pipe) return
  throw new UsageError(
    `--fix cannot change ${pipe.file}: it is not a regular file`,
    'use --fix-dry-run, or name a file',
  )
}

async function rounds(
  before: ManifestReading,
  task: CheckTask,
): Promise<{after: ManifestReading; texts: ReadonlyMap<string, string>}> {
  const texts = new Map<string, string>()
  // A pipe can be read only once.
  for (const [file, {text, isPipe}] of before.files) if (isPipe && text !== undefined) texts.set(file, text)
  let reading = before
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const edits = editsByFile(reading, task)
    if (edits.size === 0) break
    for (const [file, changes] of edits)
      texts.set(file, applyEdits(reading.files.get(file)?.text ?? '', changes))
    reading = await read(task, texts)
  }
  return {after: reading, texts}
}

/** Only reported findings are fixed: an author who ignores a finding wants to keep the text. */
function editsByFile(reading: ManifestReading, task: CheckTask): Map<string, TextEdit[]> {
  const files = new Map<string, TextEdit[]>()
  for (const edit of resultOf(diagnosticsOf(reading, task), reading, task).edits.values()) {
    const {file} = edit.location
    files.set(file, [...(files.get(file) ?? []), edit])
  }
  return files
}

/** Nothing is written, so the exit code is that of the unchanged manifests. */
function showDifference(
  before: ManifestReading,
  changed: readonly (readonly [file: string, text: string])[],
  task: CheckTask,
): CommandReport {
  const result = resultOf(diagnosticsOf(before, task), before, task)
  const old = changed.map(([file]) => ({path: file, text: before.files.get(file)?.text ?? ''}))
  const wanted = changed.map(([path, text]) => ({path, text}))
  return {
    output: diffText(old, wanted, result.colour),
    notes: `${checkSummary(result)}\n`,
    exitCode: checkExitCode(result),
    ...(result.colour && {colour: true}),
  }
}

const BYTE_ORDER_MARK = '\uFEFF'

/** Writes in place, to keep owner and mode, and not through links. Rejects with a Failure if the file has changed since it was read. */
async function rewrite(file: string, before: string, after: string): Promise<void> {
  try {
    await refuseLinks(file, '.')
    const text = await readFile(file, 'utf8')
    const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
    if (text !== mark + before) throw new Error('the file has changed since it was read')
    await writeWithoutLinks(file, mark + after, '.')
  } catch (error) {
    throw new Failure(`cannot fix ${file}: ${messageOf(error)}`, {code: 'fix-failed', cause: error})
  }
}
