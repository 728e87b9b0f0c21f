/** Which ports are exposed, and where. */
import {describeBindError, type BindError, type BindErrorCode} from '../bind-error.js'
import {listed, quote, rule, trimmed} from '../rule.js'

const HELD_REMEDIES: Readonly<Record<BindErrorCode, (command: string) => string>> = {
  'in-use': (command) => `${command} shows who holds it`,
  // https://docs.kernel.org/networking/ip-sysctl.html: ports below that sysctl (1024 by default) are privileged.
  forbidden: () =>
    'give NGINX the capability CAP_NET_BIND_SERVICE, lower the sysctl net.ipv4.ip_unprivileged_port_start, or choose a listen port above 1023',
  // https://docs.kernel.org/networking/ip-sysctl.html: lets programs bind an address before, and after, the host has it.
  'no-address': () =>
    'add the address to an interface of the host, change --listen-address, or set the sysctl net.ipv4.ip_nonlocal_bind (net.ipv6.ip_nonlocal_bind) to 1 if the address moves between hosts',
  'no-family': () => 'enable the address family on the host, or change --listen-address',
  other: () => 'look at what the host says about this address and port',
}

type HeldArgs = {
  listener: string
  error: BindError
  /** Shows which program has the port. */
  command: string
  /** True if the last good configuration of the Service stays. */
  kept?: boolean
}

type UnknownPortArgs = {
  name: string
  known: readonly string[]
  nearest?: string
  /** The only known name that is near. */
  only?: string | undefined
}

export const PORT_RULES = {
  'port-missing': rule({
    severity: 'error',
    message: () => 'no port of this Service has a listen port, so nothing is served',
    hint: ({example}: {example: string}) =>
      `add the annotation ${example}, or run lbex with --require-port=false`,
    reason:
      'With --require-port (the default) a port is exposed only where an annotation gives its listen port.',
  }),
  'port-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) => `${quote(value)} is no port number, so this port is not served`,
    hint: () => 'write an integer from 1 to 65535 in quotes, without sign or spaces: "8080"',
    fix: ({value}) => trimmed(value, (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535),
    reason: 'A listen port is a plain decimal integer from 1 to 65535.',
  }),
  'port-unknown': rule({
    severity: 'error',
    message: ({name, known}: UnknownPortArgs) =>
      `the Service has no port named ${quote(name)}; it has ${known.length ? listed(known, quote) : 'none'}`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({only}) => (only === undefined ? undefined : {on: 'key', text: `loadbalancer-port.lbex/${only}`}),
    reason: 'The part after the slash of loadbalancer-port.lbex/NAME names a port of the Service.',
  }),
  'port-privileged': rule({
    severity: 'warning',
    message: ({port}: {port: number}) => `an NGINX without privileges cannot listen on port ${port}`,
    hint: () =>
      'choose a listen port above 1023, or give NGINX CAP_NET_BIND_SERVICE and leave out --unprivileged-nginx',
    reason:
      'Ports below 1024 belong to root on most hosts. Reported where --unprivileged-nginx says that NGINX runs as another user.',
  }),
  'port-annotated-twice': rule({
    severity: 'error',
    message: ({used}: {used: string}) =>
      `this listen port is not used: ${used} gives another one for the same port`,
    hint: () => 'keep one of the two annotations',
    reason: 'One Service port has one listen port.',
  }),
  'port-alias-ambiguous': rule({
    severity: 'error',
    message: ({key}: {key: string; names: readonly string[]}) =>
      `${key} works only on a Service with one port`,
    hint: ({names}) => `write ${listed(names, (name) => `loadbalancer-port.lbex/${name}`)}`,
    reason: 'On a Service with several ports each listen port needs the name of the port it belongs to.',
  }),
  'annotation-deprecated': rule({
    severity: 'warning',
    message: ({key}: {key: string; instead: string}) => `${key} is a deprecated alias`,
    hint: ({instead}) => `write ${instead}`,
    fix: ({instead}) => ({on: 'key', text: instead}),
    reason: 'The alias is kept for Services that were written for the first lbex.',
  }),
  'port-protocol': rule({
    severity: 'error',
    message: ({protocol}: {protocol: string}) =>
      `protocol ${protocol} is not supported, so this port is not served`,
    hint: () => 'NGINX balances TCP and UDP',
    reason: "NGINX's stream module knows TCP and UDP only.",
  }),
  'port-reserved': rule({
    severity: 'error',
    message: ({listener, holder}: {listener: string; holder: string}) =>
      `${listener} is reserved (${holder}), so this port is not served`,
    hint: () => 'choose another listen port, or change --reserved-port or --health-port',
    reason:
      'A listener on a port that the host itself needs (ssh, kubelet, the health server) would lock the operator out.',
  }),
  'port-conflict': rule({
    severity: 'error',
    message: ({listener, winner, why}: {listener: string; winner: string; why?: string}) =>
      `${listener} is already taken by ${winner}${why === undefined ? '' : ` (${why})`}, so this port is not served`,
    hint: ({why}) =>
      `choose another listen port${why === undefined ? '' : '; this one is served as soon as the other Service lets go of it'}`,
    reason:
      'A listener (address, port, protocol) has one owner. The older Service wins, then the first by namespace/name: the same on every host.',
  }),
  'port-held': rule({
    severity: 'error',
    message: ({listener, error, kept}: HeldArgs) =>
      `NGINX cannot listen on ${listener}: ${describeBindError(error)}; ${kept ? 'the last good configuration of this Service stays' : 'this port is not served'}`,
    hint: ({error, command}) => `${HELD_REMEDIES[error.code](command)}; lbex tries again by itself`,
    reason:
      'NGINX refuses its whole configuration when it cannot have one listen address, so the listener is left out until it can.',
  }),
  'family-unavailable': rule({
    severity: 'error',
    message: ({family, why}: {family: string; why: string; advice: string}) =>
      `${family} clients of this port are not served: ${why}`,
    hint: ({advice}) => advice,
    reason: 'A listen address of a family that the kernel lacks makes NGINX refuse its whole configuration.',
  }),
} as const
