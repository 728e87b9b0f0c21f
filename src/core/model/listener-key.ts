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
