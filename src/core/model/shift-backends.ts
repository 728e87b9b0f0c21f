/** The backends of the ports of a range, from those of its first port. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {PortIntent} from '../intent/service-intent.js'
import {isPortNumber} from '../intent/values.js'
import type {Backends} from './backends.js'
import {describePorts} from './listener-key.js'
import {listenPortsOf, offsetOf} from './port-ranges.js'

/**
 * The backends of a listen port, from those of the first port of its range. Undefined if no server has such a port, because its number
 * would be above 65535.
 */
export function shiftBackends(backends: Backends, port: PortIntent): Backends | undefined {
  const offset = offsetOf(port)
  if (offset === 0) return backends
  const shifted = backends.servers.map((server) => ({...server, port: server.port + offset}))
  const servers = shifted.filter((server) => isPortNumber(server.port))
  return servers.length === 0 ? undefined : {...backends, servers}
}

/** Reports the listen ports whose target ports are not possible. `backends` are those of the first port of the range. */
export function reportImpossibleTargets(
  port: PortIntent,
  {servers}: Backends,
  report: ReportDiagnostic,
): void {
  if (!port.range) return
  const target = servers.reduce((highest, server) => Math.max(highest, server.port), 0)
  const impossible = listenPortsOf(port).filter((each) => !isPortNumber(target + offsetOf(each)))
  if (impossible.length === 0) return
  const ports = `${describePorts(impossible.map(({listenPort}) => listenPort))}/${port.port.protocol}`
  report('port-range-target', {field: port.field, args: {ports, target}})
}
