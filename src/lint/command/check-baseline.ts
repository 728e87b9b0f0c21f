/** Reads and writes the file of `--baseline`. */
import {stat} from 'node:fs/promises'
import {baselineOf, compareWithBaseline, type BaselineEntry} from '../baseline.js'
import {UsageError} from '../../cli/usage-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {CheckResult} from '../formats/check-result.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {fileUnreadable} from '../../sources/manifests/file-failures.js'
import {MOST_BYTES, readBounded} from '../../util/read-bounded.js'
import {writeText} from './check-output.js'

const VERSION = 1

/** Rejects with a UsageError if the file is not a baseline, with a Failure if it cannot be written. */
export async function writeBaseline(file: string, {diagnostics, uriOf}: CheckResult): Promise<CommandReport> {
  await refuseOtherContent(file)
  const findings = baselineOf(diagnostics, nameIn(uriOf))
  await writeText(file, `${JSON.stringify({version: VERSION, findings}, undefined, 2)}\n`)
  const count = diagnostics.length
  return {
    output: '',
    notes: `wrote ${count} finding${count === 1 ? '' : 's'} to ${file}\n`,
    exitCode: EXIT.fine,
  }
}

/** The findings that are not in the baseline, and remarks about the others. `files` are those that were read. */
export async function withoutKnown(
  file: string,
  {diagnostics, uriOf}: CheckResult,
  files: Iterable<string>,
): Promise<{fresh: readonly Diagnostic[]; remarks: string[]}> {
  const nameOf = nameIn(uriOf)
  const read = new Set([...files].map(nameOf))
  const {fresh, known, gone} = compareWithBaseline(diagnostics, await readBaseline(file), {nameOf, read})
  const remarks = [
    ...(known > 0 ? [`not shown: ${known} ${known === 1 ? 'finding' : 'findings'} in ${file}`] : []),
    ...(gone > 0
      ? [
          `${gone} ${gone === 1 ? 'finding' : 'findings'} in ${file} ${gone === 1 ? 'is' : 'are'} no longer found: --write-baseline updates the file`,
        ]
      : []),
  ]
  return {fresh, remarks}
}

function nameIn(uriOf: CheckResult['uriOf']): (file: string) => string {
  return (file) => uriOf(file) ?? file
}

/** An empty file, a pipe or a terminal may be written to. */
async function refuseOtherContent(file: string): Promise<void> {
  const isFile = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  )
  const text = isFile ? await readText(file) : ''
  if (text.trim() === '' || parseBaseline(text)) return
  throw new UsageError(
    `${file} is not a baseline and is not overwritten`,
    'name another file with --baseline, or remove this one',
  )
}

async function readBaseline(file: string): Promise<readonly BaselineEntry[]> {
  const findings = parseBaseline(await readText(file))
  if (findings) return findings
  throw new UsageError(`${file} is not a baseline`, 'lbex check --baseline FILE --write-baseline writes one')
}

async function readText(file: string): Promise<string> {
  return readBounded(file, {limit: MOST_BYTES}).then(String, (error: unknown) => {
    throw fileUnreadable(file, error, false)
  })
}

function parseBaseline(text: string): BaselineEntry[] | undefined {
  try {
    const {version, findings} = JSON.parse(text) as {version?: unknown; findings?: unknown}
    return version === VERSION && Array.isArray(findings) && findings.every(isEntry) ? findings : undefined
  } catch {
    return undefined
  }
}

const TEXTS = ['code', 'file', 'object', 'field', 'message'] as const

function isEntry(value: unknown): value is BaselineEntry {
  const entry = (value ?? {}) as Readonly<Record<string, unknown>>
  return TEXTS.every((key) => typeof entry[key] === 'string') && typeof entry['count'] === 'number'
}
