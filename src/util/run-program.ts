/** Runs a program until it ends, without a shell: it takes a list of arguments, never a command line. */
import {writeFileSync} from 'node:fs'
import {execa} from 'execa'
import {Failure, messageOf} from '../diagnostics/failure.js'

export type RunOptions = {
  /** Milliseconds after which the program is ended. */
  readonly timeout: number
  /** Ends the program; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Text for its standard input; none by default. */
  readonly input?: string
  /** The whole environment of the program; default: that of lbex. */
  readonly env?: Readonly<Record<string, string>>
  /** Working folder; default `/`. */
  readonly cwd?: string
  /** True if the kernel should kill this program first when memory runs out. */
  readonly expendable?: boolean
  /** Hint of the Failure if the program is not installed. */
  readonly hint?: string
}

export type RunResult = {
  /** Absent if a signal ended the program. */
  readonly exitCode?: number
  /** The signal that ended it, e.g. `SIGKILL`. */
  readonly endedBy?: string
  readonly stdout: string
  readonly stderr: string
}

/** How long a program may take to end after SIGTERM, milliseconds; then it is killed. */
const PATIENCE = 2000

/**
 * Any exit code is a result, not an error. Rejects with a Failure if there is no result (`command-not-found`, `command-failed`, or
 * `command-timeout`, which is temporary), and with the signal's reason if it aborts.
 */
export async function run(
  command: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  options.signal?.throwIfAborted()
  const running = execa(command, parameters, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeout,
    forceKillAfterDelay: PATIENCE,
    cwd: options.cwd ?? '/',
    ...(options.signal && {cancelSignal: options.signal}),
    ...(options.input === undefined ? {stdin: 'ignore'} : {input: options.input}),
    ...(options.env && {env: options.env, extendEnv: false}),
  })
  if (options.expendable && running.pid !== undefined) makeExpendable(running.pid)
  const result = await running
  if (result.isCanceled) throw options.signal?.reason
  if (result.timedOut) throw timedOut(command, options.timeout)
  if (result.exitCode === undefined && !result.signal) throw cannotRun(command, result.cause, options.hint)
  return {
    ...(result.exitCode !== undefined && {exitCode: result.exitCode}),
    ...(result.signal && {endedBy: result.signal}),
    stdout: result.stdout,
    stderr: result.stderr,
  }
}

/** https://docs.kernel.org/filesystems/proc.html: 1000 is the first to be killed. Every process may raise its own value. */
function makeExpendable(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000')
  } catch {
    // The program has ended already, or belongs to another user: it runs with its default score.
  }
}

/** `hint` is for a program that is not installed. */
export function cannotRun(command: string, cause: unknown, hint?: string): Failure {
  const missing = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
  const words = missing ? 'there is no such program' : messageOf(cause)
  return new Failure(`${command} cannot be started: ${words}`, {
    code: missing ? 'command-not-found' : 'command-failed',
    hint: missing ? (hint ?? `install ${command}, or add its folder to PATH`) : hint,
    cause,
  })
}

function timedOut(command: string, timeout: number): Failure {
  return new Failure(`${command} did not end within ${timeout / 1000} s`, {
    code: 'command-timeout',
    temporary: true,
  })
}
