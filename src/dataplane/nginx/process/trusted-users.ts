/** Any process can give itself any title, and take any free socket; the user that it runs as is what it cannot choose. */
import {statSync} from 'node:fs'
import {attempt, usersOf} from './processes.js'

/**
 * Whether a process runs as the user of lbex or as the owner of the folder: the owner decides what its NGINX does anyway, and
 * root may run `lbex drain` on his behalf. Anybody may start a program with set-uid, so all of its users count.
 */
export function isTrusted(pid: number, directory: string): boolean {
  const owner = attempt(() => statSync(directory).uid)
  const trusted = [process.geteuid?.() ?? 0, ...(owner === undefined ? [] : [owner])]
  const users = usersOf(pid)
  return users.length > 0 && users.every((user) => trusted.includes(user))
}
