/** The NGINX and the host that `render` works for: assumed, or asked where a flag says so. */
import type {NginxFlags} from '../flags/nginx.js'
import type {OutputFlags} from '../flags/output.js'
import {
  OLDEST_SUPPORTED,
  type HostLimits,
  type NginxCapabilities,
} from '../../dataplane/nginx-capabilities.js'
import {nginxDirectory, SYSTEM_DIRECTORY} from './nginx-directory.js'
import type {Host} from './options.js'

/** A small server of today: what `render` shows must not depend on the machine that it is called on. */
const ASSUMED_LIMITS: HostLimits = {workers: 2, openFiles: 65_536, ipv6: true, workersStayRoot: false}

export type RenderHost = Host & {
  /** Path of the nginx program; absent where none was asked. */
  readonly binary?: string
}

/** Rejects with a Failure where NGINX is to be asked and cannot be. */
export async function renderHost(flags: NginxFlags & OutputFlags): Promise<RenderHost> {
  const asks = flags['nginx-bin'] !== undefined || flags.validate || flags.diff === 'live'
  return asks ? askedHost(flags) : assumedHost(flags)
}

function assumedHost(flags: NginxFlags & OutputFlags): RenderHost {
  const streamModule = flags['nginx-module']
  return {
    nginx: {...assumedNginx(flags), ...(streamModule !== undefined && {streamModule})},
    limits: ASSUMED_LIMITS,
    directory: nginxDirectory(flags['nginx-dir'] ?? SYSTEM_DIRECTORY),
  }
}

/** Debian's, unless --target-nginx names another one. */
export function assumedNginx(flags: Pick<OutputFlags, 'target-nginx'>): NginxCapabilities {
  return {...OLDEST_SUPPORTED, ...(flags['target-nginx'] && {version: flags['target-nginx']})}
}

async function askedHost(flags: NginxFlags): Promise<RenderHost> {
  const {discoverNginx} = await import('../../dataplane/nginx/host/discover-nginx.js')
  const {hostLimits} = await import('../../dataplane/nginx/host/host-limits.js')
  const {binary, capabilities} = await discoverNginx(discoverOptions(flags))
  return {
    nginx: capabilities,
    limits: await hostLimits(),
    directory: nginxDirectory(flags['nginx-dir']),
    binary,
  }
}

/** What discoverNginx is told by flags. */
export function discoverOptions(flags: Pick<NginxFlags, 'nginx-bin' | 'nginx-module'>): {
  binary?: string
  modulePath?: string
} {
  return {
    ...(flags['nginx-bin'] !== undefined && {binary: flags['nginx-bin']}),
    ...(flags['nginx-module'] !== undefined && {modulePath: flags['nginx-module']}),
  }
}
