/** The time that NGINX itself takes to serve other files: `nginx -t` and a reload, without lbex. */
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'

/** `directory`: --nginx-dir. `master`: its process id. Resolves when no old worker accepts connections any more. */
export async function reloadByHand(binary: string, directory: string, master: number): Promise<void> {
  execFileSync(binary, ['-t', '-q', '-c', join(directory, 'current', 'nginx.conf')], {stdio: 'ignore'})
  const old = workersOf(master)
  process.kill(master, 'SIGHUP')
  while (old.some(isServing)) await delay(2)
}

/** The process ids of the workers. */
export function workersOf(master: number): string[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').split(' ').filter(Boolean)
}

/** False if the process is gone, or if its title says that it is shutting down. */
function isServing(pid: string): boolean {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return title !== '' && !title.includes('shutting down')
  } catch {
    return false
  }
}
