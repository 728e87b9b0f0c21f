/** Limits of the kernel and of this process, against what the load balancer needs. */
import {readFile} from 'node:fs/promises'
import {Check, type Finding} from '../diagnostics/finding.js'
import type {WantedListener} from './listeners.js'

const openFiles = new Check('open-files')
const backlog = new Check('backlog')
const clientPorts = new Check('client-ports')
const conntrack = new Check('conntrack')

/** Connections that may wait to be accepted: the backlog in templates/service.conf.liquid. */
const BACKLOG = 4096
/** Local ports that one backend address can be connected from at the same time, and to be content with: the kernel's default. */
const ENOUGH_PORTS = 28_000
/** Part of the table of connections that may be full. */
const FULL = 0.8

/** What /proc/sys says, as far as it is there. */
export type KernelSettings = {
  readonly firstFreePort: number
  readonly somaxconn?: number | undefined
  /** First and last. */
  readonly localPorts?: readonly [first: number, last: number] | undefined
  /** Ports of that range that no client gets, as ranges. */
  readonly reservedPorts: readonly (readonly [first: number, last: number])[]
  /** Absent where the kernel does not track connections. */
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

/** `granted`: what NGINX gets here. `wanted`: what it takes to serve all clients that it is made for. */
export function checkOpenFiles(granted: number, wanted: number): Finding {
  if (granted >= wanted) return openFiles.ok(`${granted} for each worker, ${wanted} are wanted`)
  return openFiles.warning(
    `${granted} for each worker, ${wanted} are wanted: fewer clients at the same time`,
    `LimitNOFILE=262144 in the systemd unit, or: sudo prlimit --pid $$ --nofile=262144`,
  )
}

export function checkKernel(settings: KernelSettings, wanted: readonly WantedListener[]): Finding[] {
  return [checkBacklog(settings), checkClientPorts(settings, wanted), checkConntrack(settings)].flat()
}

function checkBacklog({somaxconn}: KernelSettings): Finding[] {
  if (somaxconn === undefined) return [backlog.unknown('net.core.somaxconn cannot be read')]
  if (somaxconn >= BACKLOG) return [backlog.ok(`net.core.somaxconn is ${somaxconn}`)]
  return [
    backlog.warning(
      `net.core.somaxconn is ${somaxconn}: a burst of more connections is refused, though NGINX would take ${BACKLOG}`,
      `sudo sysctl -w net.core.somaxconn=${BACKLOG}`,
    ),
  ]
}

function checkClientPorts(
  {localPorts, reservedPorts}: KernelSettings,
  wanted: readonly WantedListener[],
): Finding[] {
  if (!localPorts) return [clientPorts.unknown('net.ipv4.ip_local_port_range cannot be read')]
  const [first, last] = localPorts
  const count = last - first + 1
  const ports = [...new Set(wanted.map(({key}) => key.port))].sort((a, b) => a - b)
  const exposed = ports.filter(
    (port) => isIn(port, localPorts) && !reservedPorts.some((range) => isIn(port, range)),
  )
  const few = count < ENOUGH_PORTS ? [tooFew(count)] : []
  const shared = exposed.length > 0 ? [mayBeTaken(exposed, reservedPorts)] : []
  const findings = [...few, ...shared]
  if (findings.length > 0) return findings
  return [clientPorts.ok(`${count} (${first} to ${last}) for the connections to each address of a backend`)]
}

function tooFew(count: number): Finding {
  return clientPorts.warning(
    `net.ipv4.ip_local_port_range has ${count} ports: no more connections to one address of a backend`,
    'sudo sysctl -w net.ipv4.ip_local_port_range="32768 60999"',
  )
}

function mayBeTaken(ports: readonly number[], reserved: KernelSettings['reservedPorts']): Finding {
  const all = [
    ...reserved.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)),
    ...ports,
  ]
  return clientPorts.warning(
    `an outgoing connection may take a listen port before NGINX does: ${ports.slice(0, 10).join(', ')}${ports.length > 10 ? ' …' : ''}`,
    `sudo sysctl -w net.ipv4.ip_local_reserved_ports=${all.join(',')}`,
  )
}

function checkConntrack({conntrack: table}: KernelSettings): Finding[] {
  if (!table) return []
  const {count, max} = table
  const used = `${count} of ${max} connections are tracked`
  if (count < FULL * max) return [conntrack.ok(used)]
  const fix = `sudo sysctl -w net.netfilter.nf_conntrack_max=${2 * max}`
  return [conntrack.warning(`${used}: where the table is full, packets of new ones are dropped`, fix)]
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
