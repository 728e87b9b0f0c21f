/**
 * Processes as /proc shows them (https://man7.org/linux/man-pages/man5/proc.5.html). Its files are in memory: reading them
 * takes microseconds, so it is synchronous.
 */
import {closeSync, openSync, readdirSync, readlinkSync, readSync} from 'node:fs'
import type {Clock} from '../../../util/clock.js'
import {until} from './until.js'

/** A process, distinguished from later ones with the same pid. */
export type ProcessRef = {
  readonly pid: number
  /** When it started, in clock ticks since the host did. */
  readonly started: number
}

/** Undefined if the process does not exist, or is a zombie. */
export function findProcess(pid: number): ProcessRef | undefined {
  const started = startOf(statusOf(pid) ?? [])
  return started === undefined ? undefined : {pid, started}
}

/** Works also if lbex is out of descriptors and cannot read /proc: signal 0 has no effect, but fails for a process that is gone. */
export function isAlive({pid, started}: ProcessRef): boolean {
  const status = statusOf(pid)
  if (status === undefined) return attempt(() => process.kill(pid, 0)) === true
  return startOf(status) === started
}

function startOf([state, , ...others]: readonly string[]): number | undefined {
  return state === undefined || state === 'Z' || state === 'X' ? undefined : Number(others[17])
}

/** Sends `signal` if the process still exists; false if it does not, even if another process has its pid. */
export function send(process_: ProcessRef, signal: NodeJS.Signals): boolean {
  return isAlive(process_) && attempt(() => process.kill(process_.pid, signal)) === true
}

/** The same for all processes of a group, also hidden ones; false if lbex may signal none of them. */
export function sendToGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return attempt(() => process.kill(-group, signal)) === true
}

/** Command line, or the title that the process gave itself, separated by spaces; empty if there is none. */
export function titleOf(pid: number): string {
  return (read(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trimEnd()
}

/** Not every kernel lists the children of a process; without the list, the parent of each process is checked. */
export function childrenOf(pid: number): number[] {
  const listed = read(pid, `task/${pid}/children`)
  return listed === undefined
    ? allProcesses().filter((each) => parentOf(each) === pid)
    : numbers(listed.split(' '))
}

export function allProcesses(): number[] {
  return numbers(readdirSync('/proc'))
}

/**
 * Whether the process has an open file that `accepts` accepts; a socket has the path `socket:[INODE]`. False also if lbex has no
 * permission. A worker may have thousands of descriptors for listeners; its files come before them, and the search ends there.
 */
export function hasOpenFile(pid: number, accepts: (path: string) => boolean): boolean {
  return descriptorsOf(pid).some((descriptor) => accepts(pathOf(pid, descriptor)))
}

/** The same for a file that it may write. */
export function writesFile(pid: number, accepts: (path: string) => boolean): boolean {
  return descriptorsOf(pid).some(
    (descriptor) => accepts(pathOf(pid, descriptor)) && isWritable(pid, descriptor),
  )
}

function descriptorsOf(pid: number): number[] {
  return numbers(attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).sort((a, b) => a - b)
}

function pathOf(pid: number, descriptor: number): string {
  return attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? ''
}

/** The lowest two bits of a descriptor's flags: 0 to read, 1 to write, 2 for both. */
function isWritable(pid: number, descriptor: number): boolean {
  const flags = /^flags:\s+([0-7]+)$/m.exec(read(pid, `fdinfo/${descriptor}`) ?? '')?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0
}

/** Real, effective, saved and file system user; empty if the process does not exist. They differ for a set-uid program. */
export function usersOf(pid: number): number[] {
  const line = /^Uid:\s+(.*)$/m.exec(read(pid, 'status') ?? '')?.[1]
  return line === undefined ? [] : line.split('\t').map(Number)
}

/** Path of the program that a process runs; undefined without permission. */
export function programOf(pid: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/exe`))
}

/** Names of the control groups that a process is in, the outermost first; systemd names those of a unit after it: cgroups(7). */
export function controlGroupsOf(pid: number): string[] {
  return (read(pid, 'cgroup') ?? '').split(/[/\n]/)
}

/** Ends processes that are certainly ours: SIGTERM first, and SIGKILL for those that remain after `limit` milliseconds. */
export async function endProcesses(
  processes: readonly ProcessRef[],
  clock: Clock,
  limit: number,
): Promise<void> {
  const areGone = (): boolean => !processes.some(isAlive)
  for (const each of processes) send(each, 'SIGTERM')
  if (await until(areGone, {clock, limit, every: 10})) return
  for (const each of processes) send(each, 'SIGKILL')
  await until(areGone, {clock, limit, every: 10})
}

/** NaN if the process does not exist. */
export function parentOf(pid: number): number {
  return Number(statusOf(pid)?.[1])
}

/** Id of its process group, which is the pid of its leader; NaN if the process does not exist. */
export function groupOf(pid: number): number {
  return Number(statusOf(pid)?.[2])
}

/** State, parent, group and so on; undefined if the process does not exist. */
function statusOf(pid: number): string[] | undefined {
  const stat = read(pid, 'stat')
  // The name, in parentheses, may hold spaces and parentheses of its own.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function numbers(texts: readonly string[]): number[] {
  return texts.filter((text) => /^\d+$/.test(text)).map(Number)
}

/** Shared, because a new buffer for each of many reads a second would be garbage at once. */
const BUFFER = Buffer.alloc(65_536)

function read(pid: number, name: string): string | undefined {
  return attempt(() => {
    const file = openSync(`/proc/${pid}/${name}`, 'r')
    try {
      let text = ''
      for (let size; (size = readSync(file, BUFFER)) > 0;) text += BUFFER.toString('latin1', 0, size)
      return text
    } finally {
      closeSync(file)
    }
  })
}

/** The result of `read`; undefined if it throws, because what it reads may be gone or forbidden at any moment. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
