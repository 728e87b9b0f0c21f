/** CPU time and memory of programs that the benchmarks run, from /proc. */
import {readdirSync, readFileSync} from 'node:fs'

/** Milliseconds of a clock tick in /proc/PID/stat: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const TICK = 10

/** The process ids of the children, without those that have ended. */
export function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
}

/** Microseconds that all threads of the processes ran: https://docs.kernel.org/scheduler/sched-stats.html */
export function cpuOf(pids: readonly string[]): number {
  const threads = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}`),
  )
  return threads.reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`${thread}/schedstat`, 'utf8').split(' ')
    return sum + Number(nanoseconds) / 1000
  }, 0)
}

/** Milliseconds that a process and all its children ran, those that have ended included. The resolution is 10 ms for each. */
export function cpuOfFamily(pid: number): number {
  return ticksOf(pid, 4) + childrenOf(pid).reduce((sum, child) => sum + ticksOf(Number(child), 2), 0)
}

/** Milliseconds that the children of this process ran, of those that have ended. */
export function cpuOfEndedChildren(): number {
  return ticksOf(process.pid, 4) - ticksOf(process.pid, 2)
}

/** `count` of the fields utime, stime, cutime and cstime. 0 for a process that has ended meanwhile. */
function ticksOf(pid: number, count: 2 | 4): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[A-Z] )/)
    const times = fields.split(' ').slice(11, 11 + count)
    return TICK * times.reduce((sum, ticks) => sum + Number(ticks), 0)
  } catch {
    return 0
  }
}

/** Kilobytes of a process, with its share of what it has in common with others. */
export function proportionalSize(pid: string): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
}
