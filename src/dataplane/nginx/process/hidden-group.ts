/**
 * An NGINX of ours that /proc hides. With `ProtectProc=invisible` in the unit (hidepid), lbex sees only processes whose
 * capabilities it has too. After a capability was taken from the unit, /proc does not show the NGINX that still has it, but
 * lbex can send it signals.
 */
import {readFile} from 'node:fs/promises'
import {isListening} from '../../../util/ask-socket.js'
import type {Layout} from '../store/layout.js'
import {findProcess, sendToGroup} from './processes.js'

/**
 * Its process group, which is the process id of its master: startDetached gives each NGINX its own group. Undefined if
 * no process listens on the version socket, or if the pid file names no group of hidden processes that lbex may signal.
 */
export async function findHiddenGroup({pidFile, versionSocket}: Layout): Promise<number | undefined> {
  if (!(await isListening(versionSocket))) return undefined
  const pid = Number(await readFile(pidFile, 'latin1').catch(() => ''))
  // To the system, group 0 is that of lbex, and group 1 is every process.
  if (!Number.isSafeInteger(pid) || pid <= 1 || findProcess(pid) !== undefined) return undefined
  return sendToGroup(pid, 0) ? pid : undefined
}
