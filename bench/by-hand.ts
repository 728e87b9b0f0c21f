/** The time that NGINX itself takes to serve other files: `nginx -t` and a reload, without lbex. */
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {childrenOf} from './processes.js'

/** `directory`: --nginx-dir. `master`: its process id. Resolves when no old worker accepts connections any more. */
export async function reloadByHand(binary: string, directory: string, master: number): Promise<void> {
  execFileSync(binary, ['-t', '-q', '-c', join(directory, 'current', 'nginx.conf')], {stdio: 'ignore'})
  const old = childrenOf(master)
  process.kill(master, 'SIGHUP')
  while (old.some(isServing)) await delay(2)
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
