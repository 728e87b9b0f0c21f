/** The NGINX and the host to render for: assumed, or detected if a flag asks for that. */
import type {NginxFlags} from '../flags/nginx.js'
import type {OutputFlags} from '../flags/output.js'
import {
  OLDEST_SUPPORTED,
  type HostLimits,
  type NginxCapabilities,
} from '../../dataplane/nginx-capabilities.js'
import {nginxDirectory, SYSTEM_DIRECTORY} from './nginx-directory.js'
import type {Host} from './options.js'

/** Limits of a small server: the output of `render` must not depend on the machine that it runs on. */
const ASSUMED_LIMITS: HostLimits = {workers: 2, openFiles: 65_536, ipv6: true, workersStayRoot: false}

export type RenderHost = Host & {
  /** Path of the nginx program; absent if NGINX was not asked. */
  readonly binary?: string
}

export type HostFlags = NginxFlags & Pick<OutputFlags, 'target-nginx'>

/** Rejects with a Failure if a flag requires an NGINX and none can be found. */
export async function renderHost(
  flags: HostFlags & Pick<OutputFlags, 'validate' | 'diff'>,
): Promise<RenderHost> {
  const asks = flags['nginx-bin'] !== undefined || flags.validate || flags.diff === 'live'
  return asks ? askedHost(flags) : assumedHost(flags)
}

function assumedHost(flags: HostFlags): RenderHost {
  const streamModule = flags['nginx-module']
  return {
    nginx: {...assumedNginx(flags), ...(streamModule !== undefined && {streamModule})},
    limits: ASSUMED_LIMITS,
    directory: nginxDirectory(flags['nginx-dir'] ?? SYSTEM_DIRECTORY),
  }
}

/** The NGINX of --target-nginx; default: the oldest supported version. */
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

/** The flags as options of discoverNginx. */
export function discoverOptions(flags: Pick<NginxFlags, 'nginx-bin' | 'nginx-module'>): {
  binary?: string
  modulePath?: string
} {
  return {
    ...(flags['nginx-bin'] !== undefined && {binary: flags['nginx-bin']}),
    ...(flags['nginx-module'] !== undefined && {modulePath: flags['nginx-module']}),
  }
}
