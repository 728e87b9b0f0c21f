/** The listeners that a Service port requests, without those that are not possible on this host. */
import {listenerId, type ListenerKey} from './listener-key.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {ExposedPort} from '../intent/service-intent.js'
import {LISTEN_ADDRESS} from '../cluster/in-use.js'
import type {IpFamily} from '../cluster/objects.js'
import type {ChosenAddresses} from './choose-addresses.js'
import type {ModelOptions} from './options.js'
import {offsetOf} from './port-ranges.js'

export type RequestedListener = {readonly key: ListenerKey; readonly id: string; readonly family: IpFamily}

/** The families of a Service, and its addresses on this host: undefined if no port may be exposed. */
export type ListenScope = {
  readonly families: readonly IpFamily[]
  readonly chosen: ChosenAddresses | undefined
}

/**
 * One listener for each family and listen address. Reserved ports, and families that the host cannot listen for, are skipped
 * and reported. Of a range, the first port is the lowest one.
 */
export function requestListeners(
  port: ExposedPort,
  {families, chosen}: ListenScope,
  options: ModelOptions,
  report: ReportDiagnostic,
): RequestedListener[] {
  if (isReserved(port, options, report)) return []
  if (options.unprivileged && offsetOf(port) === 0 && port.listenPort < FIRST_UNPRIVILEGED_PORT)
    report('port-privileged', {field: port.field, args: {port: port.listenPort}})
  if (!chosen) return []
  const possible = families.filter((family) => chosen[family].length > 0 && canListen(family, options))
  if (chosen.isComplete) reportUnavailable(port, {families, chosen}, possible, options, report)
  return possible.flatMap((family) => chosen[family].map((address) => requestListener(address, port, family)))
}

/** The default of the sysctl net.ipv4.ip_unprivileged_port_start. */
const FIRST_UNPRIVILEGED_PORT = 1024

function requestListener(address: string, port: ExposedPort, family: IpFamily): RequestedListener {
  const key: ListenerKey = {address, port: port.listenPort, protocol: port.port.protocol}
  return {key, id: listenerId(key), family}
}

function isReserved(port: ExposedPort, {reservedPorts}: ModelOptions, report: ReportDiagnostic): boolean {
  const {protocol} = port.port
  const reserved = reservedPorts.find(
    (entry) => entry.port === port.listenPort && (entry.protocol ?? protocol) === protocol,
  )
  if (!reserved) return false
  report('port-reserved', {
    field: port.field,
    args: {listener: `${port.listenPort}/${protocol}`, holder: reserved.holder},
  })
  return true
}

function canListen(family: IpFamily, {ipv6}: ModelOptions): boolean {
  return family === 'IPv4' || ipv6
}

/** If the addresses are of only one family, a dual-stack Service is exposed in that family without a diagnostic. */
function reportUnavailable(
  port: ExposedPort,
  {families, chosen}: ListenScope & {readonly chosen: ChosenAddresses},
  possible: readonly IpFamily[],
  options: ModelOptions,
  report: ReportDiagnostic,
): void {
  for (const family of families) {
    const isRequested = chosen[family].length > 0
    if (possible.includes(family) || (!isRequested && possible.length > 0)) continue
    const reason = canListen(family, options) ? noAddress(family, chosen) : NO_IPV6
    report('family-unavailable', {field: port.field, args: {family, ...reason}})
  }
}

const NO_IPV6 = {
  why: 'this host does not support IPv6',
  advice: 'enable IPv6 on the host, or use spec.ipFamilies: [IPv4]',
}

function noAddress(family: IpFamily, {field, pool}: ChosenAddresses): {why: string; advice: string} {
  const place = field?.[0] === 'spec' ? 'spec.loadBalancerIP' : LISTEN_ADDRESS
  if (pool !== undefined)
    return {
      why: `the address pool ${pool} has no ${family} address`,
      advice: `add a range of ${family} addresses to the pool (--address-pool), or change spec.ipFamilies`,
    }
  if (!field)
    return {
      why: `no --listen-address is an ${family} address`,
      advice: `add an ${family} address to --listen-address`,
    }
  return {
    why: `${place} selects no ${family} address`,
    advice: `add an ${family} address to ${LISTEN_ADDRESS}`,
  }
}
