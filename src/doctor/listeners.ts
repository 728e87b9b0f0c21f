/** Checks the listen ports of the Services on this host, in the same way as `lbex run`. */
import {listenerId, type ListenerKey} from '../core/model/listener-key.js'
import {describeBindError, type BindErrorCode} from '../diagnostics/bind-error.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {notOwned, probeAddresses, probeListeners} from '../dataplane/nginx/apply/probe.js'

const check = new Check('ports')

/** Limit of findings for single listeners: a missing address affects all Services. */
const MOST_LINES = 10

export type DesiredListener = {
  readonly key: ListenerKey
  /** `Service default/web`; for a shared listener all its Services, separated by commas. */
  readonly owner: string
  /** Whether NGINX connects to the servers from the address of the client. */
  readonly transparent: boolean
}

/** `owned`: listeners of our own NGINX, which cannot be probed. */
export async function checkListeners(
  desired: readonly DesiredListener[],
  owned: readonly ListenerKey[],
): Promise<Finding[]> {
  if (desired.length === 0) return [check.ok('no Service asks for a port')]
  const owners = new Map(desired.map(({key, owner}) => [listenerId(key), owner]))
  const keys = desired.map(({key}) => key)
  const missing = await probeAddresses(keys)
  const absent = new Set(missing.map(({key}) => key))
  const probed = notOwned(
    keys.filter((key) => !absent.has(key)),
    owned,
  )
  const unavailable = [...missing, ...(await probeListeners(probed))]
  if (unavailable.length === 0) return [check.ok(allFree(keys, owned))]
  const findings = unavailable.map(({key, error}) =>
    check.problem(
      `${listenerId(key)} for ${owners.get(listenerId(key))}: ${describeBindError(error)}`,
      fixFor(key, error.code),
    ),
  )
  if (findings.length <= MOST_LINES) return findings
  const more = findings.length - MOST_LINES
  return [...findings.slice(0, MOST_LINES), check.problem(`${more} more listeners are not available`)]
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
  if (code === 'forbidden') return 'see the fix of low-ports'
  if (code === 'no-address')
    return `find the addresses with ip address show, and use one of them for --listen-address instead of ${address}; if the address moves between hosts: sudo sysctl -w net.${address.includes(':') ? 'ipv6' : 'ipv4'}.ip_nonlocal_bind=1`
  return `check ${address} and port ${port} in the logs of the system`
}

/** The fix for a port in use, with the command that shows the program. */
export function whoListens(port: number, protocol: 'TCP' | 'UDP'): string {
  return `sudo ss -${protocol === 'TCP' ? 't' : 'u'}lnp 'sport = :${port}' shows the program that listens: stop it, or choose another port`
}
