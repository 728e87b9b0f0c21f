/** The NGINX of a test of `lbex run`: the flags that select it, and its clean-up. */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {layoutOf} from '../../src/dataplane/nginx/store/layout.js'
import {findOurProcesses} from '../../src/dataplane/nginx/process/our-processes.js'
import {endProcesses} from '../../src/dataplane/nginx/process/processes.js'
import {systemClock} from '../../src/util/clock.js'
import {testNginx} from '../support/nginx-binary.js'

/** Default: the NGINX of this machine. */
export async function nginxFlags(folder: string, nginx?: DiscoveredNginx): Promise<string[]> {
  const {binary, capabilities} = nginx ?? (await testNginx())
  const module = capabilities.streamModule ? ['--nginx-module', capabilities.streamModule] : []
  return ['--nginx-dir', join(folder, 'nginx'), '--nginx-bin', binary, '--workers', '1', ...module]
}

export async function endNginx(folder: string, nginx?: DiscoveredNginx): Promise<void> {
  const directory = join(folder, 'nginx')
  if (!existsSync(directory)) return
  const {binary} = nginx ?? (await testNginx())
  const processes = Object.values(findOurProcesses(layoutOf(directory), binary)).flat()
  await endProcesses(processes, systemClock, 2000)
}
