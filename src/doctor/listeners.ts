/** The ports that Services want on this host, tried as `lbex run` tries them. */
import {listenerId, type ListenerKey} from '../core/model/listener-key.js'
import {describeBindError, type BindErrorCode} from '../diagnostics/bind-error.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {notOwned, probeAddresses, probeListeners} from '../dataplane/nginx/apply/probe.js'

const check = new Check('ports')

/** Lines for single listeners; a host that lacks an address lacks it for all Services. */
const MOST_LINES = 10

export type WantedListener = {
  readonly key: ListenerKey
  /** `Service default/web`; several of them, separated by commas, for a listener that they share. */
  readonly owner: string
  /** Whether connections to the servers are to carry the client's address. */
  readonly transparent: boolean
}

/** `owned`: what our own NGINX listens on, and cannot be tried. */
export async function checkListeners(
  wanted: readonly WantedListener[],
  owned: readonly ListenerKey[],
): Promise<Finding[]> {
  if (wanted.length === 0) return [check.ok('no Service asks for a port')]
  const owners = new Map(wanted.map(({key, owner}) => [listenerId(key), owner]))
  const keys = wanted.map(({key}) => key)
  const missing = await probeAddresses(keys)
  const absent = new Set(missing.map(({key}) => key))
  const trials = notOwned(
    keys.filter((key) => !absent.has(key)),
    owned,
  )
  const unavailable = [...missing, ...(await probeListeners(trials))]
  if (unavailable.length === 0) return [check.ok(allFree(keys, owned))]
  const findings = unavailable.map(({key, error}) =>
    check.problem(
      `${listenerId(key)} for ${owners.get(listenerId(key))}: ${describeBindError(error)}`,
      fixFor(key, error.code),
    ),
  )
  if (findings.length <= MOST_LINES) return findings
  const more = findings.length - MOST_LINES
  return [...findings.slice(0, MOST_LINES), check.problem(`${more} more listeners cannot be had`)]
}

function allFree(keys: readonly ListenerKey[], owned: readonly ListenerKey[]): string {
  const ids = new Set(owned.map(listenerId))
  const served = keys.filter((key) => ids.has(listenerId(key))).length
  const free = keys.length - served
  const parts = [
    ...(served > 0 ? [`${served} served by our NGINX`] : []),
    ...(free > 0 ? [`${free} free`] : []),
  ]
  return `${keys.length === 1 ? '1 listener' : `${keys.length} listeners`}: ${parts.join(', ')}`
}

function fixFor({port, protocol, address}: ListenerKey, code: BindErrorCode): string {
  if (code === 'in-use') return whoListens(port, protocol)
  if (code === 'forbidden') return 'what low-ports says'
  if (code === 'no-address')
    return `ip address show, then give --listen-address what is there instead of ${address}; if it moves between hosts: sudo sysctl -w net.${address.includes(':') ? 'ipv6' : 'ipv4'}.ip_nonlocal_bind=1`
  return `see what the system says about ${address} and port ${port}`
}

/** The command that names the program on a port. */
export function whoListens(port: number, protocol: 'TCP' | 'UDP'): string {
  return `sudo ss -${protocol === 'TCP' ? 't' : 'u'}lnp 'sport = :${port}' shows who listens: end it, or choose another port`
}
