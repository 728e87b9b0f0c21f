/** The file of `--baseline`: the findings that a repository lives with. */
import {readFile} from 'node:fs/promises'
import {baselineOf, compareWithBaseline, type BaselineEntry} from '../check/baseline.js'
import {UsageError} from '../cli/usage-error.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {CheckResult} from '../report/check-result.js'
import {EXIT, type Report} from '../report/report.js'
import {fileUnreadable} from '../source/manifests/file-failures.js'
import {writeText} from './check-output.js'

const VERSION = 1

export async function writeBaseline(file: string, {diagnostics, uriOf}: CheckResult): Promise<Report> {
  const findings = baselineOf(diagnostics, nameIn(uriOf))
  await writeText(file, `${JSON.stringify({version: VERSION, findings}, undefined, 2)}\n`)
  const count = diagnostics.length
  return {
    output: '',
    notes: `wrote ${count} finding${count === 1 ? '' : 's'} to ${file}\n`,
    exitCode: EXIT.fine,
  }
}

/** The findings that the baseline does not know, and what to say about the others. */
export async function withoutKnown(
  file: string,
  {diagnostics, uriOf}: CheckResult,
): Promise<{fresh: readonly Diagnostic[]; remarks: string[]}> {
  const {fresh, known, gone} = compareWithBaseline(diagnostics, await readBaseline(file), nameIn(uriOf))
  const remarks = [
    ...(known > 0 ? [`not shown: ${known} that ${known === 1 ? 'is' : 'are'} in ${file}`] : []),
    ...(gone > 0
      ? [
          `${gone} in ${file} ${gone === 1 ? 'is' : 'are'} there no more: --write-baseline brings it up to date`,
        ]
      : []),
  ]
  return {fresh, remarks}
}

function nameIn(uriOf: CheckResult['uriOf']): (file: string) => string {
  return (file) => uriOf(file) ?? file
}

async function readBaseline(file: string): Promise<readonly BaselineEntry[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileUnreadable(file, error, false)
  })
  const findings = parseBaseline(text)
  if (findings) return findings
  throw new UsageError(`${file} is no baseline`, 'lbex check --baseline FILE --write-baseline writes one')
}

function parseBaseline(text: string): BaselineEntry[] | undefined {
  try {
    const value = JSON.parse(text) as {version?: unknown; findings?: unknown}
    return value.version === VERSION && Array.isArray(value.findings)
      ? (value.findings as BaselineEntry[])
      : undefined
  } catch {
    return undefined
  }
}
