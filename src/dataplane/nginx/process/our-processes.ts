/** Tells the processes of our NGINX from those of any other: only these are ever signalled. */
import {realpathSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Layout} from '../store/layout.js'
import {
  allProcesses,
  attempt,
  findProcess,
  parentOf,
  programOf,
  titleOf,
  writesFile,
  type ProcessRef,
} from './processes.js'
import {isTrusted} from './trusted-users.js'

export type OurProcesses = {
  readonly masters: readonly ProcessRef[]
  /** Workers that accept connections, whether their master lives or not. */
  readonly accepting: readonly ProcessRef[]
  /** Workers that only finish the connections they have. */
  readonly leaving: readonly ProcessRef[]
}

/**
 * A master says in its title what configuration it was started with: ours is `DIRECTORY/current/nginx.conf`. Any process can
 * give itself such a title, so a master also has to run as the user of lbex or as the owner of the folder. A worker is a child
 * of such a master, or writes our error log, as the orphans of a master that was killed do.
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
    accepting: refs(workers.filter(({title}) => !isLeaving(title))),
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

/** For a moment after its start a master still has the title of its command line. */
function isMaster(pid: number, title: string, binary: string): boolean {
  if (title.startsWith('nginx: master process ')) return true
  return / -c \S+$/.test(title) && !/ -t /.test(title) && programOf(pid) === realPathOf(binary)
}

/** The folder that a master was started in: that of the folder of its configuration. */
function homeOf(title: string): string | undefined {
  const config = / -c (\S+)$/.exec(title)?.[1]
  return config === undefined ? undefined : realPathOf(dirname(dirname(config)))
}

/** A folder that was removed has none, but its NGINX runs on; a package upgrade removes the program for a moment. */
function realPathOf(path: string): string {
  return attempt(() => realpathSync(path)) ?? path
}

function isWorker(title: string): boolean {
  return title.startsWith('nginx: worker process')
}

/** Also when the log was renamed since. Others may be able to read it, and so to open it. */
function writesLog(pid: number, log: string): boolean {
  return writesFile(pid, (path) => path.startsWith(log))
}

function refs(processes: readonly {pid: number}[]): ProcessRef[] {
  return processes.flatMap(({pid}) => findProcess(pid) ?? [])
}
