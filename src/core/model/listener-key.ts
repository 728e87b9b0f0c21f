/** Identifies a listener on the host. */
export type ListenerKey = {
  /** Without brackets; `0.0.0.0` and `::` are the wildcard addresses. */
  readonly address: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
}

/** `0.0.0.0:80/TCP`, `[::]:53/UDP`: equal for equal keys. */
export function listenerId(key: ListenerKey): string {
  return `${bracketed(key.address)}:${key.port}/${key.protocol}`
}

/**
 * `0.0.0.0:20000-20049,20060/TCP`: listeners of one address and protocol, at least one. Equal to its listenerId for a single
 * listener.
 */
export function describeListeners(keys: readonly ListenerKey[]): string {
  const [{address, protocol} = {address: '', protocol: 'TCP'}] = keys
  return `${bracketed(address)}:${describePorts(keys.map(({port}) => port))}/${protocol}`
}

/** A sentence names no more than these ranges; the others are counted. */
const MOST_RANGES = 5

/** `20000-20049,20060`. */
export function describePorts(ports: readonly number[]): string {
  const ranges: {first: number; last: number}[] = []
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.last === port - 1) last.last = port
    else ranges.push({first: port, last: port})
  }
  const texts = ranges.map(({first, last}) => (first === last ? String(first) : `${first}-${last}`))
  const more = texts.length > MOST_RANGES ? ` and ${texts.length - MOST_RANGES} more` : ''
  return `${texts.slice(0, MOST_RANGES).join(',')}${more}`
}

/** Puts an IPv6 address in brackets, as NGINX and URLs require before `:port`. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** True for `0.0.0.0` and `::`, which listen on every address of their family. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** `IPv4:80/TCP`. Two listeners with the same portId exclude each other if one of them is a wildcard. */
export function portId({address, port, protocol}: ListenerKey): string {
  return `${address.includes(':') ? 'IPv6' : 'IPv4'}:${port}/${protocol}`
}
