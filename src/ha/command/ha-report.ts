/** What `lbex ha` prints: the files, or with --install their paths and what is left to do. */
import {UsageError} from '../../cli/usage-error.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import type {HaFile} from '../ha-files.js'
import {installFiles} from '../install.js'

/** Throws a UsageError that names all flags of `names` without a value. */
export function requireFlags<T extends object>(
  flags: T,
  names: readonly (keyof T & string)[],
  command: string,
): void {
  const missing = names.filter((name) => flags[name] === undefined).map((name) => `--${name}`)
  if (missing.length === 0) return
  throw new UsageError(`${missing.join(', ')} must be given`, `lbex ha ${command} --help explains them`)
}

/** URL of /readyz as programs on the same host reach it. */
export function readyzOf({
  address = '127.0.0.1',
  port,
}: {
  address?: string | undefined
  port: number
}): string {
  const reachable = ANY[address] ?? address
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/readyz`
}

const ANY: Readonly<Record<string, string>> = {'0.0.0.0': '127.0.0.1', '::': '::1'}

export type Output = {
  readonly files: readonly HaFile[]
  /** The folder of --install; absent: print the files. */
  readonly install?: string | undefined
  /** What the operator does after --install, one line each. */
  readonly steps: readonly string[]
  /** Sentences about the command line. */
  readonly notices: readonly string[]
}

/** Prints one file as it is, and several each after a line `### NAME`, as `lbex render` does. Rejects as installFiles does. */
export async function haReport({files, install, steps, notices}: Output): Promise<CommandReport> {
  const notes = notices.map((notice) => `warning: ${notice}\n`).join('')
  if (install === undefined) return {output: printed(files), notes, exitCode: EXIT.fine}
  const paths = await installFiles(install, files)
  const lines = [
    ...paths.map((path) => `wrote ${path}`),
    'Left to do on this host:',
    ...steps.map((step) => `  ${step}`),
  ]
  return {output: `${lines.join('\n')}\n`, notes, exitCode: EXIT.fine}
}

function printed(files: readonly HaFile[]): string {
  if (files.length === 1) return files.map(({text}) => text).join('')
  return files.map(({name, text}) => `### ${name}\n${text}`).join('\n')
}
