/**
 * Processes as /proc shows them (https://man7.org/linux/man-pages/man5/proc.5.html). Its files are memory: reading them
 * takes microseconds, so this is done synchronously.
 */
import {closeSync, openSync, readdirSync, readlinkSync, readSync} from 'node:fs'
import type {Clock} from '../../../util/clock.js'
import {until} from './until.js'

/** A process that cannot be taken for a later one of the same number. */
export type ProcessRef = {
  readonly pid: number
  /** When it started, in clock ticks since the host did. */
  readonly started: number
}

/** Undefined when there is no such process, or only its exit status is left. */
export function findProcess(pid: number): ProcessRef | undefined {
  const started = startOf(statusOf(pid) ?? [])
  return started === undefined ? undefined : {pid, started}
}

/** Where lbex can open nothing any more, /proc tells nothing: then a signal that does nothing tells. */
export function isAlive({pid, started}: ProcessRef): boolean {
  const status = statusOf(pid)
  if (status === undefined) return attempt(() => process.kill(pid, 0)) === true
  return startOf(status) === started
}

function startOf([state, , ...others]: readonly string[]): number | undefined {
  return state === undefined || state === 'Z' || state === 'X' ? undefined : Number(others[17])
}

/** Sends `signal` when the process is still the one that is meant; false when it is gone. */
export function send(process_: ProcessRef, signal: NodeJS.Signals): boolean {
  return isAlive(process_) && attempt(() => process.kill(process_.pid, signal)) === true
}

/** The same for all processes of a group, which need not be visible; false if none of them may be signalled. */
export function sendToGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return attempt(() => process.kill(-group, signal)) === true
}

/** Command line, or the title that the process gave itself, with spaces between; empty for none. */
export function titleOf(pid: number): string {
  return (read(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trimEnd()
}

/** Not every kernel lists the children of a process; where it does not, everybody is asked for their parent. */
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
 * Whether the process has a file open whose path passes, or a socket (`socket:[INODE]`); false also if lbex may not look. A
 * worker has a descriptor for each of its listeners, thousands perhaps, and its files come first: the search ends there.
 */
export function hasOpenFile(pid: number, isMeant: (path: string) => boolean): boolean {
  return descriptorsOf(pid).some((descriptor) => isMeant(pathOf(pid, descriptor)))
}

/** The same for a file that it may write. */
export function writesFile(pid: number, isMeant: (path: string) => boolean): boolean {
  return descriptorsOf(pid).some(
    (descriptor) => isMeant(pathOf(pid, descriptor)) && isWritable(pid, descriptor),
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

/** Real, effective, saved and file system user; empty if there is no such process. A program with set-uid has more than one. */
export function usersOf(pid: number): number[] {
  const line = /^Uid:\s+(.*)$/m.exec(read(pid, 'status') ?? '')?.[1]
  return line === undefined ? [] : line.split('\t').map(Number)
}

/** Path of the program that a process runs; undefined where we may not look. */
export function programOf(pid: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/exe`))
}

/** Ends processes that are surely ours: asks them first (SIGTERM), and kills those that are there after `limit` milliseconds. */
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

/** NaN when there is no such process. */
export function parentOf(pid: number): number {
  return Number(statusOf(pid)?.[1])
}

/** Id of its process group, which is that of the process that leads it; NaN when there is no such process. */
export function groupOf(pid: number): number {
  return Number(statusOf(pid)?.[2])
}

/** State, parent, group and so on; undefined when there is no such process. */
function statusOf(pid: number): string[] | undefined {
  const stat = read(pid, 'stat')
  // The name, in parentheses, may hold spaces and parentheses of its own.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function numbers(texts: readonly string[]): number[] {
  return texts.filter((text) => /^\d+$/.test(text)).map(Number)
}

/** Looks come many times a second, and would leave nothing behind but garbage if each took a buffer of its own. */
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

/** What a look at something returns that may be gone, or somebody else's, at any moment. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
