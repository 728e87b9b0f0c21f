/** What the kernel lets lbex do, against what the Services want. */
import {listenerId} from '../config/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {Capability} from '../nginx/capabilities.js'
import type {WantedListener} from './listeners.js'

const lowPorts = new Check('low-ports')
const passthrough = new Check('passthrough')

export type Rights = {
  readonly capabilities: ReadonlySet<Capability>
  /** net.ipv4.ip_unprivileged_port_start: ports from here on are for everybody. */
  readonly firstFreePort: number
}

/** Says nothing of a right that nobody needs. */
export function checkRights(
  wanted: readonly WantedListener[],
  {capabilities, firstFreePort}: Rights,
): Finding[] {
  const low = wanted.filter(({key}) => key.port < firstFreePort)
  const transparent = wanted.filter((listener) => listener.transparent)
  return [
    ...(low.length === 0 ? [] : [checkLowPorts(low, capabilities, firstFreePort)]),
    ...(transparent.length === 0 ? [] : [checkTransparent(transparent, capabilities)]),
  ]
}

function checkLowPorts(
  low: readonly WantedListener[],
  capabilities: ReadonlySet<Capability>,
  firstFreePort: number,
): Finding {
  const what = `${few(low)} below ${firstFreePort}`
  if (capabilities.has('CAP_NET_BIND_SERVICE'))
    return lowPorts.ok(`CAP_NET_BIND_SERVICE is there, for ${what}`)
  const lowest = Math.min(...low.map(({key}) => key.port))
  return lowPorts.problem(
    `CAP_NET_BIND_SERVICE is missing, for ${what}`,
    `AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${lowest}`,
  )
}

/** What a root master keeps for its workers: https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_bind */
function checkTransparent(
  transparent: readonly WantedListener[],
  capabilities: ReadonlySet<Capability>,
): Finding {
  const what = few(transparent)
  if (!capabilities.has('CAP_NET_RAW')) {
    return passthrough.problem(
      `CAP_NET_RAW is missing, for ${what}`,
      'AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW in the systemd unit',
    )
  }
  return passthrough.warning(
    `CAP_NET_RAW is there, for ${what}; whether answers come back through this host cannot be told`,
    'ip rule show and ip route show table all: answers of the backends have to be routed to this host, and be taken locally',
  )
}

function few(listeners: readonly WantedListener[]): string {
  const [first, ...others] = [...new Set(listeners.map(({key}) => listenerId(key)))]
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`
}
