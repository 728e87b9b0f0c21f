/** `lbex support-bundle`: what is needed to look into a problem of lbex, as one archive. */
import {createInterface} from 'node:readline/promises'
import type {BundleFlags} from '../../cli/flags/support-bundle.js'
import {UsageError} from '../../cli/usage-error.js'
import {escapeFor} from '../../diagnostics/escape.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import type {DoctorFlags} from '../command/doctor.js'
import {writeArchive} from './archive.js'
import {collect, type Collected} from './collect.js'

export type SupportBundleFlags = Omit<DoctorFlags, 'json'> & BundleFlags

/** The terminal. */
export type BundleEdges = {
  readonly stdin: NodeJS.ReadableStream & {readonly isTTY?: boolean}
  readonly stderr: NodeJS.WritableStream
}

const REAL_EDGES: BundleEdges = {stdin: process.stdin, stderr: process.stderr}

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function supportBundle(
  flags: SupportBundleFlags,
  notices: readonly string[],
  edges = REAL_EDGES,
): Promise<CommandReport> {
  const path = flags.file ?? defaultName(new Date())
  const collected = await collect({...flags, json: false}, {logLines: flags['log-lines']})
  const listed = listing(collected)
  const notes = notices.map((notice) => `warning: ${notice}\n`).join('')
  if (flags.yes) return {output: listed + (await write(path, collected)), notes, exitCode: EXIT.fine}
  if (edges.stdin.isTTY !== true) return {output: listed, notes: `${notes}${NOT_ASKED}`, exitCode: EXIT.usage}
  edges.stderr.write(escapeFor('text', listed))
  if (!(await isConfirmed(path, edges)))
    return {output: '', notes: `${notes}nothing was written\n`, exitCode: EXIT.diagnostics}
  return {output: await write(path, collected), notes, exitCode: EXIT.fine}
}

const NOT_ASKED =
  'nothing was written: standard input is not a terminal, so lbex cannot ask; add --yes to write the bundle\n'

/** `lbex-support-20260102T030405Z.tar.gz` */
function defaultName(now: Date): string {
  return `lbex-support-${now.toISOString().replace(/\.\d+|[-:]/g, '')}.tar.gz`
}

function listing({files, missing}: Collected): string {
  const sizes = files.map(({name, content}) => ({name, size: Buffer.byteLength(content)}))
  const width = Math.max(...sizes.map(({size}) => String(size).length))
  const lines = [
    ...sizes.map(({name, size}) => `${String(size).padStart(width)}  ${name}`),
    ...missing.map(({name, reason}) => `missing: ${name}: ${reason}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

async function isConfirmed(path: string, {stdin, stderr}: BundleEdges): Promise<boolean> {
  const question = createInterface({input: stdin, output: stderr})
  const over = new AbortController()
  // Ctrl-C, and the end of the input (Ctrl-D), count as no.
  question.once('close', () => over.abort())
  try {
    const answer = await question.question(`Write these to ${path}? [yes/N] `, over)
    return answer.trim().toLowerCase() === 'yes'
  } catch {
    return false
  } finally {
    question.close()
  }
}

async function write(path: string, {files}: Collected): Promise<string> {
  try {
    const size = await writeArchive(path, files)
    return `wrote ${path}, ${size} bytes\n`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(`${path} exists already`, 'remove it, or choose another name with --file')
    throw new Failure(`the bundle cannot be written: ${messageOf(error)}`, {
      code: 'bundle-unwritable',
      hint: 'choose another file with --file',
      cause: error,
    })
  }
}
