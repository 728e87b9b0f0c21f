/** The ports that the kernel gives to sockets that connect: https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range. */
import {readFile} from 'node:fs/promises'

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range'

/** Returns a function that tells whether a port is one of them; all ports are if the kernel does not tell. */
export async function clientPorts(path = RANGE): Promise<(port: number) => boolean> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [first = 0, last = 65_535] = (text.match(/\d+/g) ?? []).map(Number)
  return (port) => port >= first && port <= last
}
