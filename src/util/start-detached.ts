/** Starts a program that outlives lbex: in its own session and process group, with its output in a file. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {closeSync, openSync} from 'node:fs'
import {cannotRun} from './run-program.js'

export type DetachedOptions = {
  readonly cwd: string
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>
  /** File that its standard output and standard error go to, emptied first. */
  readonly output: string
}

export type Detached = {
  /** Also the id of its process group. */
  readonly pid: number
  /** How it ended; undefined while it runs. */
  readonly end: () => DetachedEnd | undefined
  /** Aborts when it has ended. */
  readonly ended: AbortSignal
}

/** One of the two is null. */
export type DetachedEnd = {readonly exitCode: number | null; readonly signal: NodeJS.Signals | null}

/** Rejects with the Failure `command-not-found` (or `command-failed`) when the program cannot be started. */
export async function startDetached(
  [command = '', ...parameters]: readonly string[],
  {cwd, env, output}: DetachedOptions,
): Promise<Detached> {
  // Synchronous: the caller may have ended the process that this program replaces.
  const file = openSync(output, 'w', 0o644)
  try {
    const child = spawn(command, parameters, {cwd, env, detached: true, stdio: ['ignore', file, file]})
    child.unref()
    let end: DetachedEnd | undefined
    const ended = new AbortController()
    child.on('exit', (exitCode, signal) => {
      end = {exitCode, signal}
      ended.abort()
    })
    await once(child, 'spawn')
    return {pid: child.pid as number, end: () => end, ended: ended.signal}
  } catch (error) {
    throw cannotRun(command, error)
  } finally {
    closeSync(file)
  }
}
