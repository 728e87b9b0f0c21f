/** What a process has: memory and open files, as the kernel counts them. */
import {readdirSync, readFileSync} from 'node:fs'

export type Resources = {
  /** MiB. */
  readonly memory: number
  readonly openFiles: number
}

export function resourcesOf(pid: number): Resources {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    memory: Math.round(Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
  }
}
