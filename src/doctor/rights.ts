/** What the kernel lets lbex and its NGINX do, against what the Services want. */
import {listenerId} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {Capability} from '../dataplane/nginx/host/linux-capabilities.js'
import type {WantedListener} from './listeners.js'

export type Rights = {
  /** Those of lbex: the next NGINX that it starts gets the same. */
  readonly capabilities: ReadonlySet<Capability>
  /** The NGINX that runs, if one does: it keeps the capabilities that it was started with. */
  readonly nginx?: {readonly pid: number; readonly capabilities: ReadonlySet<Capability>} | undefined
  /** net.ipv4.ip_unprivileged_port_start: ports from here on are for everybody. */
  readonly firstFreePort: number
}

/** Says nothing of a right that nobody needs. */
export function checkRights(wanted: readonly WantedListener[], rights: Rights): Finding[] {
  const low = wanted.filter(({key}) => key.port < rights.firstFreePort)
  const transparent = wanted.filter((listener) => listener.transparent)
  return [
    ...(low.length === 0 ? [] : [checkLowPorts(low, rights)]),
    ...(transparent.length === 0 ? [] : [checkTransparent(transparent, rights)]),
  ]
}

function checkLowPorts(low: readonly WantedListener[], rights: Rights): Finding {
  const check = new Check('low-ports')
  const what = `${few(low)} below ${rights.firstFreePort}`
  const lowest = Math.min(...low.map(({key}) => key.port))
  return (
    findMissing('CAP_NET_BIND_SERVICE', what, {
      ...{check, rights},
      fix: `${unitWith('CAP_NET_BIND_SERVICE')}; or: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${lowest}`,
    }) ?? check.ok(`CAP_NET_BIND_SERVICE is there, for ${what}`)
  )
}

/** What a root master keeps for its workers: https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_bind */
function checkTransparent(transparent: readonly WantedListener[], rights: Rights): Finding {
  const check = new Check('passthrough')
  const what = few(transparent)
  const fix = unitWith('CAP_NET_BIND_SERVICE CAP_NET_RAW')
  return (
    findMissing('CAP_NET_RAW', what, {check, rights, fix}) ??
    check.warning(
      `CAP_NET_RAW is there, for ${what}; whether answers come back through this host cannot be told`,
      'ip rule show and ip route show table all: answers of the backends have to be routed to this host, and be taken locally',
    )
  )
}

type Missing = {
  readonly check: Check
  readonly rights: Rights
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
  {check, rights: {capabilities, nginx}, fix}: Missing,
): Finding | undefined {
  const ours = capabilities.has(capability)
  const served = nginx?.capabilities.has(capability) ?? ours
  if (ours && served) return undefined
  if (!ours && !served)
    return check.problem(`${capability} is missing, for ${what}`, `${fix}; then ${NEW_NGINX}`)
  const running = `the NGINX that runs (process ${nginx?.pid})`
  if (ours) {
    return check.problem(
      `${capability} is missing, for ${what}: lbex has it, but ${running} was started without it`,
      NEW_NGINX,
    )
  }
  return check.problem(
    `${capability} is missing, for ${what}: ${running} has it, but lbex lacks it, and so will the next NGINX`,
    fix,
  )
}

/** A restart of lbex alone keeps NGINX, and so its capabilities. */
const NEW_NGINX = 'systemctl stop lbex && systemctl start lbex, which drains NGINX and starts another one'

/** The bounding set takes from the ambient set what it does not name. */
function unitWith(capabilities: string): string {
  return `AmbientCapabilities=${capabilities} and CapabilityBoundingSet=${capabilities} in the systemd unit (systemctl edit lbex)`
}

function few(listeners: readonly WantedListener[]): string {
  const [first, ...others] = [...new Set(listeners.map(({key}) => listenerId(key)))]
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}
