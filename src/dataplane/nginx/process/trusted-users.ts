/** Any process can give itself any title and bind any free socket, but it cannot choose its user. */
import {statSync} from 'node:fs'
import {attempt, usersOf} from './processes.js'

/**
 * Whether a process runs as the user of lbex or as the owner of the folder. The owner controls NGINX in any case, and root
 * may run `lbex drain` for the owner. Any user may start a set-uid program, so all users of the process count.
 */
export function isTrusted(pid: number, directory: string): boolean {
  const owner = attempt(() => statSync(directory).uid)
  const trusted = [process.geteuid?.() ?? 0, ...(owner === undefined ? [] : [owner])]
  const users = usersOf(pid)
  return users.length > 0 && users.every((user) => trusted.includes(user))
}
