/** Ranges of listen ports: each port of a range is a listener with its own upstream, because the servers have other ports. */
import type {PortIntent} from '../intent/service-intent.js'

/** The Service port once for each of its listen ports. */
export function listenPortsOf(port: PortIntent): readonly PortIntent[] {
  const {range} = port
  if (!range) return [port]
  return Array.from({length: range.last - range.first + 1}, (_, offset) => ({
    ...port,
    listenPort: range.first + offset,
  }))
}

/** The Service ports once for each of their listen ports, up to `most`: a Service can ask for millions. */
export function firstListenPorts(ports: readonly PortIntent[], most: number): readonly PortIntent[] {
  const first: PortIntent[] = []
  for (const port of ports) {
    if (first.length >= most) break
    first.push(...listenPortsOf(port))
  }
  return first.slice(0, most)
}

/** How far a listen port is from the start of its range; 0 if there is no range. */
export function offsetOf({listenPort, range}: Pick<PortIntent, 'listenPort' | 'range'>): number {
  return range ? listenPort - range.first : 0
}

/** `20000-20100`, or the only listen port. */
export function wholeRange({listenPort, range}: Pick<PortIntent, 'listenPort' | 'range'>): string {
  return range ? `${range.first}-${range.last}` : String(listenPort)
}
