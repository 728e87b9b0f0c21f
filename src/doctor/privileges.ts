/** Compares the capabilities of lbex and its NGINX with what the Services need. */
import {listenerId} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {Capability} from '../dataplane/nginx/host/linux-capabilities.js'
import type {DesiredListener} from './listeners.js'

export type Privileges = {
  /** The capabilities of lbex, which the next NGINX inherits. */
  readonly capabilities: ReadonlySet<Capability>
  /** The running NGINX, if any: it keeps the capabilities that it was started with. */
  readonly nginx?: {readonly pid: number; readonly capabilities: ReadonlySet<Capability>} | undefined
  /** net.ipv4.ip_unprivileged_port_start: ports from this one on need no capability. */
  readonly firstFreePort: number
}

/** Reports only capabilities that a Service needs. */
export function checkPrivileges(desired: readonly DesiredListener[], privileges: Privileges): Finding[] {
  const low = desired.filter(({key}) => key.port < privileges.firstFreePort)
  const transparent = desired.filter((listener) => listener.transparent)
  return [
    ...(low.length === 0 ? [] : [checkLowPorts(low, privileges)]),
    ...(transparent.length === 0 ? [] : [checkTransparent(transparent, privileges)]),
  ]
}

function checkLowPorts(low: readonly DesiredListener[], privileges: Privileges): Finding {
  const check = new Check('low-ports')
  const what = `${few(low)} below ${privileges.firstFreePort}`
  const lowest = Math.min(...low.map(({key}) => key.port))
  return (
    findMissing('CAP_NET_BIND_SERVICE', what, {
      ...{check, privileges},
      fix: `${unitWith('CAP_NET_BIND_SERVICE')}; or: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${lowest}`,
    }) ?? check.ok(`CAP_NET_BIND_SERVICE is available for ${what}`)
  )
}

/** A master that runs as root keeps CAP_NET_RAW for its workers: https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_bind */
function checkTransparent(transparent: readonly DesiredListener[], privileges: Privileges): Finding {
  const check = new Check('passthrough')
  const what = few(transparent)
  const fix = unitWith('CAP_NET_BIND_SERVICE CAP_NET_RAW')
  return (
    findMissing('CAP_NET_RAW', what, {check, privileges, fix}) ??
    check.warning(
      `CAP_NET_RAW is available for ${what}; lbex cannot check whether responses are routed back through this host`,
      'check with ip rule show and ip route show table all that responses of the backends are routed to this host, and are delivered locally',
    )
  )
}

type Missing = {
  readonly check: Check
  readonly privileges: Privileges
  /** How lbex gets the capability. */
  readonly fix: string
}

/**
 * lbex has it | NGINX has it | the finding
 * ----------- | ------------ | -----------
 * yes         | yes, or no NGINX runs | none
 * no          | no, or no NGINX runs  | missing
 * yes         | no           | NGINX was started before lbex had it
 * no          | yes          | works until NGINX is started again
 */
function findMissing(
  capability: Capability,
  what: string,
  {check, privileges: {capabilities, nginx}, fix}: Missing,
): Finding | undefined {
  const ours = capabilities.has(capability)
  const served = nginx?.capabilities.has(capability) ?? ours
  if (ours && served) return undefined
  if (!ours && !served)
    return check.problem(`${capability} is missing for ${what}`, `${fix}; then ${NEW_NGINX}`)
  const running = `the running NGINX (process ${nginx?.pid})`
  if (ours) {
    return check.problem(
      `${capability} is missing for ${what}: lbex has it, but ${running} was started without it`,
      NEW_NGINX,
    )
  }
  return check.problem(
    `${capability} is missing for ${what}: ${running} has it, but lbex lacks it, and so will the next NGINX`,
    fix,
  )
}

/** A restart of lbex alone does not restart NGINX, which keeps its capabilities. */
const NEW_NGINX = 'systemctl stop lbex && systemctl start lbex, which drains NGINX and starts another one'

/** Both settings, because a capability must be in the bounding set to be in the ambient set. */
function unitWith(capabilities: string): string {
  return `AmbientCapabilities=${capabilities} and CapabilityBoundingSet=${capabilities} in the systemd unit (systemctl edit lbex)`
}

function few(listeners: readonly DesiredListener[]): string {
  const [first, ...others] = [...new Set(listeners.map(({key}) => listenerId(key)))]
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}
