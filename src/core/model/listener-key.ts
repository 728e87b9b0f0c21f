/** What a listener occupies on the host: an address, a port and a protocol. */
export type ListenerKey = {
  /** Address without brackets; `0.0.0.0` and `::` are the wildcards of their families. */
  readonly address: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
}

/** `0.0.0.0:80/TCP`, `[::]:53/UDP`: equal for equal keys. */
export function listenerId(key: ListenerKey): string {
  return `${bracketed(key.address)}:${key.port}/${key.protocol}`
}

/** An IPv6 address in brackets, any other address as it is: the spelling that NGINX and URLs want before `:port`. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** True for `0.0.0.0` and `::`, which take the port on every address of their family. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
