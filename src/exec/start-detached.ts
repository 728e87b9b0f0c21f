/** Starts a program that outlives lbex: in a session and process group of its own, its output in a file. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {open} from 'node:fs/promises'
import {cannotRun} from './run.js'

export type DetachedOptions = {
  readonly cwd: string
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>
  /** File that its standard output and standard error go to, emptied first. */
  readonly output: string
}

/**
 * Returns the process id, which is the id of its process group too. Rejects with the Failure `command-not-found` (or
 * `command-failed`) when the program cannot be started; what becomes of it later is not told.
 */
export async function startDetached(
  command: string,
  parameters: readonly string[],
  {cwd, env, output}: DetachedOptions,
): Promise<number> {
  const file = await open(output, 'w', 0o644)
  try {
    const child = spawn(command, parameters, {cwd, env, detached: true, stdio: ['ignore', file.fd, file.fd]})
    child.unref()
    await once(child, 'spawn')
    return child.pid as number
  } catch (error) {
    throw cannotRun(command, error)
  } finally {
    await file.close()
  }
}
