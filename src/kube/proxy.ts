/**
 * The proxy between lbex and an API server, found as kubectl does: `proxy-url` of the kubeconfig, else the environment
 * (https://kubernetes.io/docs/reference/kubectl/generated/kubectl_config/, Go's net/http.ProxyFromEnvironment).
 */
import {BlockList, isIP, isIPv6} from 'node:net'

/** As in Go, the SOCKS proxy resolves names for both of its schemes. */
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks5h:'])

const PORTS: Readonly<Record<string, number>> = {'http:': 80, 'https:': 443}
const SOCKS_PORT = 1080

/** Undefined for a text that is not the URL of a proxy. */
export function parseProxy(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && SCHEMES.has(url.protocol) && url.hostname !== '' ? url : undefined
}

/** The proxy in messages, without its password. */
export function describeProxy({protocol, host}: URL): string {
  return `${protocol}//${host}`
}

export function isSocks({protocol}: URL): boolean {
  return protocol.startsWith('socks')
}

export type HostAndPort = {readonly host: string; readonly port: number}

/** Where a connection to `url` goes. */
export function addressOf({protocol, hostname, port}: URL): HostAndPort {
  return {host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (PORTS[protocol] ?? SOCKS_PORT)}
}

/** Name and password of `url`; undefined if it has none. */
export function loginOf({username, password}: URL): {name: string; password: string} | undefined {
  if (!username) return undefined
  return {name: decodeURIComponent(username), password: decodeURIComponent(password)}
}

/** HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY excludes the server; undefined for a direct connection. */
export function proxyFromEnvironment(server: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const text = variable(environment, server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const proxy = text === '' ? undefined : (parseProxy(text) ?? parseProxy(`http://${text}`))
  return proxy && !isExcluded(addressOf(server), variable(environment, 'NO_PROXY')) ? proxy : undefined
}

function variable(environment: NodeJS.ProcessEnv, name: string): string {
  return environment[name] || environment[name.toLowerCase()] || ''
}

function isExcluded(server: HostAndPort, noProxy: string): boolean {
  const host = server.host.toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || isLoopback(host)) return true
  const entries = noProxy.toLowerCase().split(',')
  return entries.some((entry) => matches(entry.trim(), {host, port: server.port}))
}

function isLoopback(host: string): boolean {
  return isInNetwork(host, isIPv6(host) ? '::1/128' : '127.0.0.0/8')
}

/** One entry of NO_PROXY: `*`, a network, an address or a name, the last two with or without a port. */
function matches(entry: string, {host, port}: HostAndPort): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(host, entry)
  const {name, onlyPort} = splitPort(entry)
  if (onlyPort !== undefined && onlyPort !== port) return false
  if (isIP(name)) return isInNetwork(host, `${name}/${isIPv6(name) ? 128 : 32}`)
  const suffix = name.replace(/^\*\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

function splitPort(entry: string): {name: string; onlyPort?: number} {
  if (isIP(entry)) return {name: entry}
  const [, name = entry, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? []
  return {name, ...(port !== undefined && {onlyPort: Number(port)})}
}

/** False for what is not an address, and for what is not a network. */
function isInNetwork(host: string, network: string): boolean {
  const [address = '', length = ''] = network.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const isNetwork =
    isIP(address) > 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 'ipv6' ? 128 : 32)
  if (!isNetwork || isIP(host) === 0) return false
  const list = new BlockList()
  list.addSubnet(address, Number(length), family)
  return list.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')
}
