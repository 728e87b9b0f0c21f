/** Ranges of listen ports: each port of a range is a listener with its own upstream, because the servers have other ports. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {isPortNumber} from '../intent/values.js'
import type {PortIntent} from '../intent/service-intent.js'
import type {Backends} from './backends.js'
import {describePorts} from './listener-key.js'

/** The Service port once for each of its listen ports. */
export function listenPortsOf(port: PortIntent): readonly PortIntent[] {
  const {range} = port
  if (!range) return [port]
  return Array.from({length: range.last - range.first + 1}, (_, offset) => ({
    ...port,
    listenPort: range.first + offset,
  }))
}

/** How far a listen port is from the start of its range; 0 if there is no range. */
export function offsetOf({listenPort, range}: Pick<PortIntent, 'listenPort' | 'range'>): number {
  return range ? listenPort - range.first : 0
}

/** `20000-20100`, or the only listen port. */
export function wholeRange({listenPort, range}: Pick<PortIntent, 'listenPort' | 'range'>): string {
  return range ? `${range.first}-${range.last}` : String(listenPort)
}

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
