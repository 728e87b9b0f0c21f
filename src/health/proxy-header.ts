/**
 * The PROXY protocol header of a connection that the proxy opens for itself, such as a health check
 * (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, sections 2.1 and 2.2).
 */

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

/** Version 2, command LOCAL, no addresses. */
const LOCAL = [0x20, 0x00, 0x00, 0x00]

const HEADERS = {v1: Buffer.from('PROXY UNKNOWN\r\n'), v2: Buffer.from([...SIGNATURE, ...LOCAL])}

export function proxyHeader(version: 'v1' | 'v2'): Buffer {
  return HEADERS[version]
}
