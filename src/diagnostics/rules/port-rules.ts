/** Which ports are exposed, and on which listeners. */
import {describeBindError, type BindError, type BindErrorCode} from '../bind-error.js'
import {listed, quote, rule, trimmed, type Fix} from '../rule.js'

const HELD_REMEDIES: Readonly<Record<BindErrorCode, (command: string) => string>> = {
  'in-use': (command) => `${command} shows which process uses the port`,
  // https://docs.kernel.org/networking/ip-sysctl.html: ports below that sysctl (1024 by default) are privileged.
  forbidden: () =>
    'give NGINX the capability CAP_NET_BIND_SERVICE, lower the sysctl net.ipv4.ip_unprivileged_port_start, or choose a listen port above 1023',
  // https://docs.kernel.org/networking/ip-sysctl.html: lets a program bind an address that the host does not have.
  'no-address': () =>
    'add the address to an interface of the host or change --listen-address; if the address moves between hosts, or is of an --address-pool, set the sysctl net.ipv4.ip_nonlocal_bind (net.ipv6.ip_nonlocal_bind) to 1',
  'no-family': () => 'enable the address family on the host, or change --listen-address',
  other: () => 'check this address and port on the host',
}

type HeldArgs = {
  listener: string
  /** The number of ports in `listener`, which may be several of a range. Absent: one. */
  count?: number
  error: BindError
  /** Shows which process uses the port. */
  command: string
  /** True if the last good configuration of the Service stays active. */
  kept?: boolean
}

type UnknownPortArgs = {
  name: string
  known: readonly string[]
  nearest?: string
  /** The only similar name, if there is one. */
  only?: string | undefined
}

type ConflictArgs = {
  listener: string
  /** The number of ports in `listener`: those of a range that the other Service has. Absent: one. */
  count?: number
  /** The listener of the winner if it is another one: one of the two is on all addresses. */
  overlaps?: string
  winner: string
  why?: string
  /** True if one of the two has `hosts` or `shared-listener`, and both want the same listener. */
  isShareable?: boolean
}

const SHARING =
  '; to share a listener, each Service needs loadbalancer.lbex/hosts, or in one namespace the same loadbalancer.lbex/shared-listener'

function notExposed(count = 1): string {
  return count > 1 ? 'these ports are not exposed' : 'this port is not exposed'
}

/** Only for a range that has no other mistake: the numbers must stay as they are. */
function withoutSpaces(value: string): Fix | undefined {
  const text = value.replaceAll(/\s/g, '')
  const [first = 0, last = 0] = text.split('-').map(Number)
  const isValid = text !== value && first >= 1 && first <= last && last <= 65_535 && last - first < 1000
  return isValid && /^[1-9]\d*-[1-9]\d*$/.test(text) ? {on: 'value', text} : undefined
}

export const PORT_RULES = {
  'port-missing': rule({
    severity: 'error',
    message: () => 'no port of this Service has a listen port; nothing is exposed',
    hint: ({example}: {example: string}) =>
      `add the annotation ${example}, or run lbex with --require-port=false`,
    reason:
      'With --require-port (the default), lbex exposes a port only if an annotation sets its listen port.',
  }),
  'port-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) =>
      `${quote(value)} is not a valid port number; this port is not exposed`,
    hint: () => 'use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"',
    fix: ({value}) => trimmed(value, (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535),
    reason: 'A listen port is a plain decimal integer from 1 to 65535.',
  }),
  'port-range-invalid': rule({
    severity: 'error',
    message: ({value, why}: {value: string; why: string}) =>
      `${quote(value)} is not a valid range of ports: ${why}; this port is not exposed`,
    hint: () => 'use the first and the last port of at most 1000, without spaces: "20000-20100"',
    fix: ({value}) => withoutSpaces(value),
    reason:
      'A range is two port numbers with a hyphen between them. Each of its ports costs NGINX a listener and an upstream, so it is limited.',
  }),
  'port-range-upstream': rule({
    severity: 'error',
    message: ({upstreamType}: {upstreamType: string}) =>
      `a range of listen ports needs upstreams of type pod, but the upstream type is ${upstreamType}; this port is not exposed`,
    hint: () => 'set loadbalancer.lbex/upstream-type: pod, or use a single listen port',
    reason:
      'A Service port has one node port, and a cluster IP serves only the ports in spec.ports. Only a Pod can have a port for each listen port of a range.',
  }),
  'port-range-target': rule({
    severity: 'error',
    message: ({ports, target}: {ports: string; target: number}) =>
      `${ports} would lead to ports of Pods above 65535, because the target port is ${target}; Pods with this target port get no connections there`,
    hint: () => 'choose a lower target port, or a shorter range',
    reason:
      'The first port of a range leads to the target port of the Service port, the second one to the target port plus 1, and so on.',
  }),
  'port-unknown': rule({
    severity: 'error',
    message: ({name, known}: UnknownPortArgs) =>
      `the Service has no port named ${quote(name)}; it has ${known.length ? listed(known, quote) : 'no named ports'}`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({only}) => (only === undefined ? undefined : {on: 'key', text: `loadbalancer-port.lbex/${only}`}),
    reason: 'The part after the slash of loadbalancer-port.lbex/NAME is the name of a port of the Service.',
  }),
  'port-privileged': rule({
    severity: 'warning',
    message: ({port}: {port: number}) => `an unprivileged NGINX cannot listen on port ${port}`,
    hint: () =>
      'choose a listen port above 1023, or give NGINX CAP_NET_BIND_SERVICE and remove --unprivileged-nginx',
    reason:
      'On most hosts only root may listen on ports below 1024. Reported if --unprivileged-nginx says that NGINX runs as another user.',
  }),
  'port-annotated-twice': rule({
    severity: 'error',
    message: ({used}: {used: string}) =>
      `this listen port is not used: ${used} sets a different one for the same port`,
    hint: () => 'remove one of the two annotations',
    reason: 'A Service port has only one listen port.',
  }),
  'port-alias-ambiguous': rule({
    severity: 'error',
    message: ({key}: {key: string; names: readonly string[]}) =>
      `${key} works only for a Service with one port`,
    hint: ({names}) => `use ${listed(names, (name) => `loadbalancer-port.lbex/${name}`)}`,
    reason: 'If a Service has several ports, the annotation must name the port that gets the listen port.',
  }),
  'annotation-deprecated': rule({
    severity: 'warning',
    message: ({key}: {key: string; instead: string}) => `annotation ${key} is deprecated`,
    hint: ({instead}) => `use ${instead}`,
    fix: ({instead}) => ({on: 'key', text: instead}),
    reason: 'lbex accepts this annotation for Services that were written for lbex 1.x.',
  }),
  'port-protocol': rule({
    severity: 'error',
    message: ({protocol}: {protocol: string}) =>
      `protocol ${protocol} is not supported; this port is not exposed`,
    hint: () => 'NGINX supports TCP and UDP',
    reason: "NGINX's stream module supports only TCP and UDP.",
  }),
  'port-reserved': rule({
    severity: 'error',
    message: ({listener, holder}: {listener: string; holder: string}) =>
      `${listener} is reserved (${holder}); this port is not exposed`,
    hint: () => 'choose another listen port, or change --reserved-port or --health-port',
    reason:
      'A listener on a port that the host itself needs (SSH, the kubelet, the health server) could lock out the operator.',
  }),
  'port-conflict': rule({
    severity: 'error',
    message: ({listener, count, overlaps, winner, why}: ConflictArgs) =>
      `${listener} ${overlaps === undefined ? 'is already' : `overlaps ${overlaps}, which is`} allocated to ${winner}${why === undefined ? '' : ` (${why})`}; ${notExposed(count)}`,
    hint: ({count = 1, overlaps, why, isShareable}) =>
      `choose ${count > 1 ? 'other listen ports' : 'another listen port'}${overlaps === undefined ? '' : ', or select other addresses with loadbalancer.lbex/listen-address'}${why === undefined ? '' : `; lbex exposes ${count > 1 ? 'these ports' : 'this one'} when the other Service no longer uses ${count > 1 ? 'them' : 'it'}`}${isShareable ? SHARING : ''}`,
    reason:
      'A listener (address, port and protocol) has one owner: the older Service, or the first by namespace/name if both have the same age. A listener on all addresses excludes listeners on single addresses of the same port, and vice versa. The result is the same on every host.',
  }),
  'port-held': rule({
    severity: 'error',
    message: ({listener, count, error, kept}: HeldArgs) =>
      `NGINX cannot listen on ${listener}: ${describeBindError(error)}; ${kept ? 'the last good configuration of this Service stays active' : notExposed(count)}`,
    hint: ({error, command}) => `${HELD_REMEDIES[error.code](command)}; lbex retries automatically`,
    reason:
      'NGINX rejects its whole configuration if it cannot listen on one of the addresses, so lbex skips this listener until it is available.',
  }),
  'family-unavailable': rule({
    severity: 'error',
    message: ({family, why}: {family: string; why: string; advice: string}) =>
      `this port is not exposed to ${family} clients: ${why}`,
    hint: ({advice}) => advice,
    reason:
      'NGINX rejects its whole configuration if the kernel does not support the address family of a listen address.',
  }),
} as const
