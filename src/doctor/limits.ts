/** Compares limits of the kernel and of this process with what the load balancer needs. */
import {readFile} from 'node:fs/promises'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {DesiredListener} from './listeners.js'

const openFiles = new Check('open-files')
const backlog = new Check('backlog')
const clientPorts = new Check('client-ports')
const conntrack = new Check('conntrack')

/** The backlog of listen sockets in templates/service.conf.liquid. */
const BACKLOG = 4096
/** The default number of local ports, which limits the connections to one backend address. */
const ENOUGH_PORTS = 28_000
/** Fill level of the connection tracking table above which there is a warning. */
const FULL = 0.8

/** Values of /proc/sys. A value that cannot be read is absent. */
export type KernelSettings = {
  readonly firstFreePort: number
  readonly somaxconn?: number | undefined
  /** First and last. */
  readonly localPorts?: readonly [first: number, last: number] | undefined
  /** Ranges of ports that the kernel never assigns to clients. */
  readonly reservedPorts: readonly (readonly [first: number, last: number])[]
  /** Absent if the kernel does not track connections. */
  readonly conntrack?: {readonly count: number; readonly max: number} | undefined
}

export async function readKernelSettings(folder = '/proc/sys'): Promise<KernelSettings> {
  const read = (path: string): Promise<string> => readFile(`${folder}/${path}`, 'utf8').catch(() => '')
  const [first, last] = numbersIn(await read('net/ipv4/ip_local_port_range'))
  const [count] = numbersIn(await read('net/netfilter/nf_conntrack_count'))
  const [max] = numbersIn(await read('net/netfilter/nf_conntrack_max'))
  return {
    firstFreePort: numbersIn(await read('net/ipv4/ip_unprivileged_port_start'))[0] ?? 1024,
    somaxconn: numbersIn(await read('net/core/somaxconn'))[0],
    localPorts: first === undefined || last === undefined ? undefined : [first, last],
    reservedPorts: rangesIn(await read('net/ipv4/ip_local_reserved_ports')),
    conntrack: count === undefined || max === undefined ? undefined : {count, max},
  }
}

/** `granted`: the limit on this host. `needed`: the limit for as many clients as the configuration allows. */
export function checkOpenFiles(granted: number, needed: number): Finding {
  if (granted >= needed) return openFiles.ok(`${granted} per worker, ${needed} needed`)
  return openFiles.warning(
    `${granted} per worker, ${needed} needed: fewer clients can connect at the same time`,
    `LimitNOFILE=262144 in the systemd unit, or: sudo prlimit --pid $$ --nofile=262144`,
  )
}

export function checkKernel(settings: KernelSettings, desired: readonly DesiredListener[]): Finding[] {
  return [checkBacklog(settings), checkClientPorts(settings, desired), checkConntrack(settings)].flat()
}

function checkBacklog({somaxconn}: KernelSettings): Finding[] {
  if (somaxconn === undefined) return [backlog.unknown('net.core.somaxconn cannot be read')]
  if (somaxconn >= BACKLOG) return [backlog.ok(`net.core.somaxconn is ${somaxconn}`)]
  return [
    backlog.warning(
      `net.core.somaxconn is ${somaxconn}: larger bursts of connections are refused, although the listeners of NGINX allow ${BACKLOG}`,
      `sudo sysctl -w net.core.somaxconn=${BACKLOG}`,
    ),
  ]
}

function checkClientPorts(
  {localPorts, reservedPorts}: KernelSettings,
  desired: readonly DesiredListener[],
): Finding[] {
  if (!localPorts) return [clientPorts.unknown('net.ipv4.ip_local_port_range cannot be read')]
  const [first, last] = localPorts
  const count = last - first + 1
  const ports = [...new Set(desired.map(({key}) => key.port))].sort((a, b) => a - b)
  const exposed = ports.filter(
    (port) => isIn(port, localPorts) && !reservedPorts.some((range) => isIn(port, range)),
  )
  const few = count < ENOUGH_PORTS ? [tooFew(count)] : []
  const shared = exposed.length > 0 ? [mayBeTaken(exposed, reservedPorts)] : []
  const findings = [...few, ...shared]
  if (findings.length > 0) return findings
  return [clientPorts.ok(`${count} (${first} to ${last}) for connections to each backend address`)]
}

function tooFew(count: number): Finding {
  return clientPorts.warning(
    `net.ipv4.ip_local_port_range has ${count} ports: this limits the connections to one backend address`,
    'sudo sysctl -w net.ipv4.ip_local_port_range="32768 60999"',
  )
}

function mayBeTaken(ports: readonly number[], reserved: KernelSettings['reservedPorts']): Finding {
  const all = [
    ...reserved.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)),
    ...ports,
  ]
  return clientPorts.warning(
    `an outgoing connection may use a listen port before NGINX binds it: ${ports.slice(0, 10).join(', ')}${ports.length > 10 ? ' …' : ''}`,
    `sudo sysctl -w net.ipv4.ip_local_reserved_ports=${all.join(',')}`,
  )
}

function checkConntrack({conntrack: table}: KernelSettings): Finding[] {
  if (!table) return []
  const {count, max} = table
  const used = `${count} of ${max} connections are tracked`
  if (count < FULL * max) return [conntrack.ok(used)]
  const fix = `sudo sysctl -w net.netfilter.nf_conntrack_max=${2 * max}`
  return [
    conntrack.warning(`${used}: if the table is full, the kernel drops packets of new connections`, fix),
  ]
}

function isIn(port: number, [first, last]: readonly [number, number]): boolean {
  return first <= port && port <= last
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

/** `80,8080-8090` as ranges. */
function rangesIn(text: string): [number, number][] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, first, last]) => [
    Number(first),
    Number(last ?? first),
  ])
}
