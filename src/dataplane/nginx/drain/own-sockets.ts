/** Which sockets belong to which processes: /proc/PID/fd (https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html). */
import {readdirSync, readlinkSync} from 'node:fs'
import {Failure} from '../../../diagnostics/failure.js'
import {isAlive, type ProcessRef} from '../process/processes.js'

/** Descriptors between two steps: reading one takes microseconds, and a worker may have very many. */
const STEP = 1000

/**
 * Those of `inodes` that one of the processes has open. A process that ends meanwhile has none. Throws the Failure `drain-failed` if
 * a process cannot be examined.
 */
export function* socketsOfProcesses(
  processes: readonly ProcessRef[],
  inodes: ReadonlySet<string>,
): Generator<undefined, Set<string>, void> {
  const found = new Set<string>()
  let read = 0
  for (const worker of processes) {
    for (const descriptor of examine(worker, () => readdirSync(`/proc/${worker.pid}/fd`)) ?? []) {
      const path = examine(worker, () => readlinkSync(`/proc/${worker.pid}/fd/${descriptor}`)) ?? ''
      const inode = path.startsWith('socket:[') ? path.slice('socket:['.length, -1) : ''
      if (inodes.has(inode)) found.add(inode)
      if (++read % STEP === 0) yield undefined
    }
  }
  return found
}

/** Undefined if the descriptor was closed, or the process ended. */
function examine<T>(worker: ProcessRef, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if ((code !== 'EACCES' && code !== 'EPERM') || !isAlive(worker)) return undefined
    throw new Failure(`lbex has no permission to examine the NGINX worker ${worker.pid}`, {
      code: 'drain-failed',
      hint: 'lbex needs every capability that NGINX has, and CAP_SYS_PTRACE if NGINX runs as another user',
      temporary: true,
      cause: error,
    })
  }
}
