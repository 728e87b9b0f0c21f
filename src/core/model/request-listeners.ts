/** The listeners that a Service port requests, without those that are not possible on this host. */
import {listenerId, type ListenerKey} from './listener-key.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {ExposedPort} from '../intent/service-intent.js'
import type {IpFamily} from '../cluster/objects.js'
import type {ModelOptions} from './options.js'

export type RequestedListener = {readonly key: ListenerKey; readonly id: string; readonly family: IpFamily}

/**
 * One listener for each family and listen address. Reserved ports, and families that the host cannot listen for, are skipped
 * and reported.
 */
export function requestListeners(
  port: ExposedPort,
  families: readonly IpFamily[],
  options: ModelOptions,
  report: ReportDiagnostic,
): RequestedListener[] {
  if (isReserved(port, options, report)) return []
  if (options.unprivileged && port.listenPort < FIRST_UNPRIVILEGED_PORT)
    report('port-privileged', {field: port.field, args: {port: port.listenPort}})
  const possible = families.filter((family) => canListen(family, options))
  reportUnavailable(port, families, possible, options, report)
  return possible.flatMap((family) =>
    options.listenAddresses[family].map((address) => requestListener(address, port, family)),
  )
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

function canListen(family: IpFamily, {listenAddresses, ipv6}: ModelOptions): boolean {
  return listenAddresses[family].length > 0 && (family === 'IPv4' || ipv6)
}

/** If --listen-address has addresses of only one family, a dual-stack Service is exposed in that family without a diagnostic. */
function reportUnavailable(
  port: ExposedPort,
  families: readonly IpFamily[],
  possible: readonly IpFamily[],
  {listenAddresses, ipv6}: ModelOptions,
  report: ReportDiagnostic,
): void {
  for (const family of families) {
    const isRequested = listenAddresses[family].length > 0
    if (possible.includes(family) || (!isRequested && possible.length > 0)) continue
    const reason = family === 'IPv6' && !ipv6 ? NO_IPV6 : noAddress(family)
    report('family-unavailable', {field: port.field, args: {family, ...reason}})
  }
}

const NO_IPV6 = {
  why: 'this host does not support IPv6',
  advice: 'enable IPv6 on the host, or use spec.ipFamilies: [IPv4]',
}

function noAddress(family: IpFamily): {why: string; advice: string} {
  return {
    why: `no --listen-address is an ${family} address`,
    advice: `add an ${family} address to --listen-address`,
  }
}
