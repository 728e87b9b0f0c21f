/** What the commands of `lbex gce` share: gcloud, interruption by signals, and the display of progress. */
import {setMaxListeners} from 'node:events'
import {escapeFor} from '../../diagnostics/escape.js'
import {Failure} from '../../diagnostics/failure.js'
import {Gcloud, type RunGcloud} from '../gcloud.js'
import {Interrupted, STOP_SIGNALS, type StopSignal} from '../interrupted.js'
import type {ProgressOptions} from '../progress.js'
import type {CommandReport} from '../../report/report.js'
import {systemClock, type Clock} from '../../util/clock.js'

/** The environment of a command; tests pass a different one. */
export type GceEdges = {
  readonly runGcloud?: RunGcloud
  readonly clock: Clock
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  /** Emits `error` or `close` when the reader of standard output is gone. */
  readonly stdout: NodeJS.EventEmitter
  readonly write: (text: string) => void
}

export const REAL_EDGES: GceEdges = {
  clock: systemClock,
  stderr: process.stderr,
  stdin: process.stdin,
  stdout: process.stdout,
  write: (text) => void process.stdout.write(text),
}

export type GceSession = {
  readonly gcloud: Gcloud
  readonly progress: ProgressOptions
}

/** Runs `work` with a session. Ctrl-C ends all running gcloud processes. `notices`: sentences about the command line, for stderr. */
export async function withSession(
  edges: GceEdges,
  notices: readonly string[],
  work: (session: GceSession) => Promise<CommandReport>,
): Promise<CommandReport> {
  const report = await interruptible(edges, work)
  return {...report, notes: linesOf(notices.map((notice) => `warning: ${notice}`)) + report.notes}
}

async function interruptible(
  {runGcloud, clock, stderr}: GceEdges,
  work: (session: GceSession) => Promise<CommandReport>,
): Promise<CommandReport> {
  const stopping = new AbortController()
  // Each gcloud and each delay adds a listener, and Node warns if there are more than ten.
  setMaxListeners(0, stopping.signal)
  const stop = (signal: StopSignal): void => {
    const interrupted = new Interrupted(signal)
    if (stopping.signal.aborted) leave(stderr, interrupted)
    stopping.abort(interrupted)
  }
  for (const signal of STOP_SIGNALS) process.on(signal, stop)
  const gcloud = new Gcloud({clock, signal: stopping.signal, ...(runGcloud && {run: runGcloud})})
  try {
    return await work({gcloud, progress: {terminal: isTerminal(stderr), stream: stderr}})
  } catch (error) {
    // A gcloud that got the same signal may have failed first.
    const reason: unknown = error instanceof Failure ? stopping.signal.reason : error
    if (!(reason instanceof Interrupted)) throw error
    return {output: '', notes: `${reason.message}: nothing was changed\n`, exitCode: reason.exitCode}
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop)
  }
}

/** Exits immediately at the second signal, and shows the cursor, which is hidden while progress is shown. */
function leave(stderr: NodeJS.WriteStream, {exitCode}: Interrupted): never {
  if (isTerminal(stderr)) stderr.write('\u001B[?25h')
  process.exit(exitCode)
}

/** The first queries take seconds, so a terminal shows what lbex is doing. */
export function announce({progress: {terminal, stream}}: GceSession): void {
  if (terminal) stream.write('reading existing resources\n')
}

/** Some terminals report no width, so progress cannot be laid out on them. */
function isTerminal({isTTY, columns}: NodeJS.WriteStream): boolean {
  return isTTY === true && columns > 0
}

/** The interruption; undefined if there was none. */
export function interruption({gcloud}: GceSession): Interrupted | undefined {
  const reason: unknown = gcloud.signal.reason
  return reason instanceof Interrupted ? reason : undefined
}

export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

export function jsonOf(value: unknown): string {
  return escapeFor('json', `${JSON.stringify(value, undefined, 2)}\n`)
}
