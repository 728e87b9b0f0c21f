/** Distinguishes the processes of our NGINX from those of any other. lbex signals no others. */
import {realpathSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Layout} from '../store/layout.js'
import {
  allProcesses,
  attempt,
  findProcess,
  groupOf,
  parentOf,
  programOf,
  titleOf,
  writesFile,
  type ProcessRef,
} from './processes.js'
import {isTrusted} from './trusted-users.js'

const MASTER_TITLE = 'nginx: master process '

export type OurProcesses = {
  readonly masters: readonly ProcessRef[]
  /** Workers that accept connections, of these masters or of a dead one. */
  readonly accepting: readonly ProcessRef[]
  /** Workers that only finish their connections, of any master. */
  readonly leaving: readonly ProcessRef[]
}

/**
 * The title of a master names the configuration that it was started with: ours is `DIRECTORY/current/nginx.conf`. Any process
 * can give itself such a title, so a master also has to run as the user of lbex or as the owner of the folder. A worker is a child
 * of such a master, or writes our error log, as the orphans of a killed master do. The workers of any other living master, or
 * of one that /proc hides, are not included: it would replace each worker that ends.
 */
export function findOurProcesses({directory, errorLog}: Layout, binary: string): OurProcesses {
  const home = realPathOf(directory)
  const log = join(home, errorLog.slice(directory.length))
  const titles = allProcesses().map((pid) => ({pid, title: titleOf(pid)}))
  const masters = withoutChildren(
    titles.filter(
      ({pid, title}) => isMaster(pid, title, binary) && homeOf(title) === home && isTrusted(pid, directory),
    ),
  )
  const pids = new Set(masters.map(({pid}) => pid))
  const workers = titles.filter(
    ({pid, title}) => isWorker(title) && (pids.has(parentOf(pid)) || writesLog(pid, log)),
  )
  return {
    masters: refs(masters),
    accepting: refs(
      workers.filter(({pid, title}) => !isLeaving(title) && (pids.has(parentOf(pid)) || isOrphan(pid))),
    ),
    leaving: refs(workers.filter(({title}) => isLeaving(title))),
  }
}

/** For a moment after its start a worker still has the title of its master. */
function withoutChildren<T extends {readonly pid: number}>(processes: readonly T[]): T[] {
  const pids = new Set(processes.map(({pid}) => pid))
  return processes.filter(({pid}) => !pids.has(parentOf(pid)))
}

export function isLeaving(title: string): boolean {
  return title.endsWith(' is shutting down')
}

/**
 * A master leads the process group of its workers (see startDetached). When it dies, the kernel gives them another parent, and
 * no new process gets the id of their group. So this works also if /proc hides the parent.
 */
function isOrphan(pid: number): boolean {
  const parent = parentOf(pid)
  return parent !== groupOf(pid) && !titleOf(parent).startsWith(MASTER_TITLE)
}

/** For a moment after its start a master still has the title of its command line. */
function isMaster(pid: number, title: string, binary: string): boolean {
  if (title.startsWith(MASTER_TITLE)) return true
  return / -c \S+$/.test(title) && !/ -t /.test(title) && programOf(pid) === realPathOf(binary)
}

/** The folder that a master belongs to: two levels above its configuration. */
function homeOf(title: string): string | undefined {
  const config = / -c (\S+)$/.exec(title)?.[1]
  return config === undefined ? undefined : realPathOf(dirname(dirname(config)))
}

/** A folder that was removed has no real path, but its NGINX still runs; a package upgrade removes the program for a moment. */
function realPathOf(path: string): string {
  return attempt(() => realpathSync(path)) ?? path
}

function isWorker(title: string): boolean {
  return title.startsWith('nginx: worker process')
}

/** Also if the log was renamed since. A process that only reads it does not count: other users may have that permission. */
function writesLog(pid: number, log: string): boolean {
  return writesFile(pid, (path) => path.startsWith(log))
}

function refs(processes: readonly {pid: number}[]): ProcessRef[] {
  return processes.flatMap(({pid}) => findProcess(pid) ?? [])
}
