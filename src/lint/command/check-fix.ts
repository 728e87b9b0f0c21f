/** `lbex check --fix`: writes what can only be meant in one way, until there is nothing more of that kind. */
import {readFile} from 'node:fs/promises'
import {UsageError} from '../../cli/usage-error.js'
import type {TextEdit} from '../../diagnostics/diagnostic.js'
import {oneLine} from '../../diagnostics/escape.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {checkExitCode} from '../formats/check-result.js'
import {checkSummary} from '../formats/check-text.js'
import {diffText} from '../../report/diff-text.js'
import type {Report} from '../../report/report.js'
import {refuseLinks, writeWithoutLinks} from '../../util/links.js'
import {applyEdits} from '../../sources/manifests/apply-edits.js'
import type {ManifestReading} from '../../sources/manifests/read-manifests.js'
import {show} from './check-show.js'
import {judge, read, resultOf, type CheckTask} from './check-task.js'

/** One change can bring another one to light: an alias that is renamed may hold an unquoted number. */
const MOST_ROUNDS = 10

export async function mend(task: CheckTask): Promise<Report> {
  if (task.flags.fix && task.paths.includes('-'))
    throw new UsageError('--fix cannot change standard input', 'use --fix-dry-run, or name a file')
  const before = await read(task)
  if (task.flags.fix) refusePipes(before)
  const {after, texts} = await rounds(before, task)
  const changed = [...texts].filter(([file, text]) => text !== before.files.get(file)?.text)
  if (task.flags['fix-dry-run']) return showDifference(before, changed, task)
  for (const [file, text] of changed) await rewrite(file, before.files.get(file)?.text ?? '', text)
  const report = await show(judge(after, task), after, task)
  const mended = changed.map(([file]) => `mended ${oneLine(file)}\n`).join('')
  return {...report, notes: mended + report.notes}
}

/** To write into a pipe is to wait for a reader. */
function refusePipes({files}: ManifestReading): void {
  const pipe = [...files.values()].find(({isPipe}) => isPipe)
  if (!pipe) return
  throw new UsageError(
    `--fix cannot change ${pipe.file}: it is no regular file`,
    'use --fix-dry-run, or name a file',
  )
}

async function rounds(
  before: ManifestReading,
  task: CheckTask,
): Promise<{after: ManifestReading; texts: ReadonlyMap<string, string>}> {
  const texts = new Map<string, string>()
  // What comes through a pipe can be read once only.
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

/** Only findings that are reported are mended: whoever ignores one wants the text as it is. */
function editsByFile(reading: ManifestReading, task: CheckTask): Map<string, TextEdit[]> {
  const files = new Map<string, TextEdit[]>()
  for (const edit of resultOf(judge(reading, task), reading, task).edits.values()) {
    const {file} = edit.location
    files.set(file, [...(files.get(file) ?? []), edit])
  }
  return files
}

/** Nothing is changed, so the exit code is that of the manifests as they are. */
function showDifference(
  before: ManifestReading,
  changed: readonly (readonly [file: string, text: string])[],
  task: CheckTask,
): Report {
  const result = resultOf(judge(before, task), before, task)
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

/** In place, so that owner and mode stay, and through no link. Rejects with a Failure where the file is not what was judged any more. */
async function rewrite(file: string, before: string, after: string): Promise<void> {
  try {
    await refuseLinks(file, '.')
    const text = await readFile(file, 'utf8')
    const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
    if (text !== mark + before) throw new Error('it has changed meanwhile')
    await writeWithoutLinks(file, mark + after, '.')
  } catch (error) {
    throw new Failure(`cannot mend ${file}: ${messageOf(error)}`, {code: 'fix-failed', cause: error})
  }
}
