/**
 * Finds the process that holds a socket which lbex needs. lbex asks the kernel, because a process can lie about itself
 * (https://man7.org/linux/man-pages/man5/proc_pid_net.5.html).
 */
import {readFile} from 'node:fs/promises'
import {allProcesses, hasOpenFile, usersOf} from './processes.js'

export type SocketHolder = {
  /** Absent if lbex has no permission to find the process. */
  readonly pid?: number
  /** Absent if it is not known either. */
  readonly user?: number
}

/** `process 42 of user 1000`, without the parts that are not known; undefined if neither is known. */
export function describeHolder({pid, user}: SocketHolder): string | undefined {
  const who = pid === undefined ? 'a process' : `process ${pid}`
  if (user !== undefined) return `${who} of user ${user}`
  return pid === undefined ? undefined : who
}

/** The process that listens on a port, on any address. */
export async function holderOfTcpPort(port: number): Promise<SocketHolder> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => table(name)))
  const [socket] = tables.flatMap((rows) => rows.flatMap((row) => listenerOn(port, row)))
  if (!socket) return {}
  const pid = processWith(socket.inode)
  return {...(pid !== undefined && {pid}), user: socket.user}
}

/** The process that listens on an abstract unix socket; `name` begins with a zero byte. */
export async function holderOfAbstractSocket(name: string): Promise<SocketHolder> {
  const shown = `@${name.slice(1)}`
  const rows = await table('unix')
  // The flag means that it listens. Some versions of Node pad a name with zeros, which are shown as @ too.
  const row = rows.find(({3: flags, 7: path}) => flags === '00010000' && path?.startsWith(shown))
  const pid = row?.[6] === undefined ? undefined : processWith(row[6])
  if (pid === undefined) return {}
  const [user] = usersOf(pid)
  return {pid, ...(user !== undefined && {user})}
}

/** State 0A is LISTEN. */
function listenerOn(port: number, row: readonly string[]): {user: number; inode: string}[] {
  const {1: local = '', 3: state, 7: user, 9: inode} = row
  if (state !== '0A' || inode === undefined) return []
  const hexadecimal = local.slice(local.lastIndexOf(':') + 1)
  return Number.parseInt(hexadecimal, 16) === port ? [{user: Number(user), inode}] : []
}

/** The rows of a table in /proc/net, without its header. */
async function table(name: string): Promise<string[][]> {
  const text = await readFile(`/proc/net/${name}`, 'latin1').catch(() => '')
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
}

function processWith(inode: string): number | undefined {
  return allProcesses().find((pid) => hasOpenFile(pid, (path) => path === `socket:[${inode}]`))
}
