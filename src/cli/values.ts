/**
 * Parsers of single flag values, from the command line or a variable: each returns a typed value or throws a UsageError that says
 * what the value must be. The caller prefixes the name of the flag or the variable.
 */
import {isIP, SocketAddress} from 'node:net'
import {parseLabelSelector, type LabelSelector} from '../util/label-selector.js'
import {UsageError} from './usage-error.js'

export type ListenAddress = {readonly address: string; readonly name?: string}
/** `name`: absent if the flag has none. */
export type NamedRange = {readonly name?: string; readonly range: string}
export type PortSelection = {readonly port: number; readonly protocol?: 'TCP' | 'UDP'}

/** An integer from 1 to 65535. */
export function port(text: string): number {
  const value = wholeNumber(text)
  if (value === undefined || value < 1 || value > 65_535) throw refusal('a port from 1 to 65535', text)
  return value
}

/** An integer from 1 to 512: NGINX can track at most 1,024 child processes. */
export function workers(text: string): number {
  const value = wholeNumber(text)
  if (value === undefined || value < 1 || value > 512) throw refusal('a number from 1 to 512', text)
  return value
}

/** The number of glog's -v. */
export function verbosity(text: string): number {
  const value = wholeNumber(text)
  if (value === undefined) throw refusal('a number', text)
  return value
}

/** An integer from 0. */
export function wholeNumberFromZero(text: string): number {
  const value = wholeNumber(text)
  if (value === undefined) throw refusal('a number from 0 to 999999', text)
  return value
}

/** An integer from 1. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value === undefined || value < 1) throw refusal('a number from 1 to 999999', text)
  return value
}

/** `22`, `22/tcp`, `53/udp`, or `none`. */
export function reservedPort(text: string): PortSelection | 'none' {
  if (text === 'none') return 'none'
  const [, number = '', protocol] = /^(\d+)(?:\/(tcp|udp))?$/i.exec(text) ?? []
  const value = wholeNumber(number)
  if (value === undefined || value < 1 || value > 65_535)
    throw refusal('PORT, PORT/tcp, PORT/udp or none', text)
  return {port: value, ...(protocol && {protocol: protocol.toUpperCase() as 'TCP' | 'UDP'})}
}

const UNITS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** Milliseconds from `500ms`, `30s`, `1h30m`, `0`: the forms of Go's time.ParseDuration down to milliseconds. */
export function duration(text: string): number {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
    throw refusal('a duration such as 500ms, 30s, 5m or 12h', text)
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  return Math.round(
    parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0),
  )
}

/** An IP address without a zone, in its shortest spelling. */
export function address(text: string): string {
  const family = isIP(text)
  if (family === 0 || text.includes('%')) throw refusal('an IP address', text)
  return new SocketAddress({address: text, family: family === 4 ? 'ipv4' : 'ipv6'}).address
}

/** `127.0.0.1:7332` or `[::1]:7332`. */
export function socketAddress(text: string): {address: string; port: number} {
  const [, v6, v4 = '', number = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? []
  const ip = v6 ?? v4
  const value = wholeNumber(number)
  const isValid = isIP(ip) === (v6 === undefined ? 4 : 6) && !ip.includes('%')
  if (!isValid || value === undefined || value < 1 || value > 65_535)
    throw refusal('an IP address and a port such as 127.0.0.1:7332 or [::1]:7332', text)
  return {address: address(ip), port: value}
}

/** `192.0.2.10`, or with a name that Services can select: `public=192.0.2.10`. */
export function listenAddress(text: string): ListenAddress {
  const [, name, ip = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? []
  const isValid =
    isIP(ip) !== 0 && !ip.includes('%') && (name === undefined || new RegExp(`^${ADDRESS_NAME}$`).test(name))
  if (!isValid)
    throw refusal('an IP address, or NAME=ADDRESS with a name of lowercase letters, digits and hyphens', text)
  return {address: address(ip), ...(name !== undefined && {name})}
}

/** `public=192.0.2.0/24`, `192.0.2.10-192.0.2.20`. */
export function poolRange(text: string): NamedRange {
  const [, name, range = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? []
  const isNamed = name === undefined || POOL_NAME.test(name)
  if (isNamed && isRange(range)) return {range, ...(name !== undefined && {name})}
  throw refusal(
    'a range of addresses such as 192.0.2.0/24 or 192.0.2.10-192.0.2.20, or NAME=RANGE with a name of at most 63 letters, digits, hyphens, underscores and dots',
    text,
  )
}

/** A network, the first and the last address, or a single one; of one family, without a zone. */
function isRange(text: string): boolean {
  const [first = '', last] = text.split('-')
  if (last !== undefined)
    return (
      isIP(first) !== 0 && isIP(first) === isIP(last) && text === `${first}-${last}` && !text.includes('%')
    )
  const [, ip = '', prefix = '0'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  return isIP(ip) !== 0 && Number(prefix) <= (isIP(ip) === 4 ? 32 : 128)
}

/** An IP address as `address` reads it, or a host name (RFC 1123 subdomain). */
export function publishedAddress(text: string): string {
  if (isIP(text) !== 0 && !text.includes('%')) return address(text)
  const name = text.toLowerCase()
  const isName = name.length <= 253 && new RegExp(`^${LABEL}([.]${LABEL})*$`).test(name)
  if (!isName || /(^|[.])\d+$/.test(name)) throw refusal('an IP address or a host name', text)
  return name
}

/** The form of a Kubernetes label value. */
export function groupName(text: string): string {
  if (text === '') throw refusal('a name', text)
  return poolName(text)
}

/** `10.0.0.0/8`, `fd00::/8`, or a single IP address. */
export function addressRange(text: string): string {
  const [, ip = '', prefix = '0'] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const family = isIP(ip)
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128))
    throw refusal('an IP address or a range such as 10.0.0.0/8', text)
  return text
}

/** An RFC 1035 label, as `isAddressName` of the core: it cannot be confused with an IP address. */
const ADDRESS_NAME = '[a-z]([-a-z0-9]{0,61}[a-z0-9])?'
const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'

/** A namespace: an RFC 1123 label. */
export function namespace(text: string): string {
  if (!new RegExp(`^${LABEL}$`).test(text)) throw refusal('a namespace', text)
  return text
}

/** As the API server accepts it for spec.loadBalancerClass: a label-style name, with an optional domain before it. */
export function className(text: string): string {
  if (!new RegExp(`^(${LABEL}(\\.${LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`).test(text))
    throw refusal('a class such as loadbalancer-lbex or example.com/edge', text)
  return text
}

/** `name`, or `namespace/name`. */
export function serviceName(text: string): string {
  if (!new RegExp(`^(${LABEL}/)?${LABEL}$`).test(text))
    throw refusal('NAME or NAMESPACE/NAME of a Service', text)
  return text
}

/** A valid value of a Kubernetes label that is not empty. */
const POOL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** A valid value of a Kubernetes label; empty for no pool. */
export function poolName(text: string): string {
  if (text !== '' && !POOL_NAME.test(text)) {
    throw refusal("a pool name (1 to 63 letters, digits, '-', '_' and '.')", text)
  }
  return text
}

/** A label selector, as kubectl takes it. */
export function labelSelector(text: string): string {
  selectorOf(text)
  return text
}

/** Default: all objects. */
export function selectorOf(text = ''): LabelSelector {
  const selector = parseLabelSelector(text)
  if (typeof selector === 'string') throw new UsageError(selector)
  return selector
}

/** The value of the label topology.kubernetes.io/zone. */
export function zoneName(text: string): string {
  if (!POOL_NAME.test(text)) throw refusal("a zone (1 to 63 letters, digits, '-', '_' and '.')", text)
  return text
}

/** `1.22.1` as three numbers. */
export function nginxVersion(text: string): readonly [number, number, number] {
  const [, major, minor, patch] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) ?? []
  if (major === undefined) throw refusal('a version such as 1.22.1', text)
  return [Number(major), Number(minor), Number(patch)]
}

const SIZES: Readonly<Record<string, number>> = {Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3}

/** Bytes from `1000000`, `512Ki`, `64Mi`, `1Gi`. */
export function byteSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,10})(Ki|Mi|Gi)?$/.exec(text) ?? []
  const size = Number(number) * (SIZES[unit] ?? 1)
  if (size < 1) throw refusal('a size such as 512Ki, 64Mi or 1Gi', text)
  return size
}

/** Any non-empty text. */
export function path(text: string): string {
  if (text === '') throw refusal('a path', text)
  return text
}

/** The name of a systemd service unit, instances included: systemd.unit(5). */
export function serviceUnit(text: string): string {
  if (!/^[\w:.\\-]+(@[\w:.\\-]+)?\.service$/.test(text) || text.length > 255)
    throw refusal('the name of a systemd unit such as lbex-nginx.service', text)
  return text
}

/** A path that can be written between quotes in nginx.conf. */
export function quotablePath(text: string): string {
  if (text === '' || /["\\$\p{Cc}]/u.test(text))
    throw refusal('a path without quotes, backslashes and $', text)
  return text
}

/** A path that can be written without quotes in nginx.conf and as the path of a unix socket. */
export function plainPath(text: string): string {
  if (!/^[\w./+-]+$/.test(text)) throw refusal('a path of letters, digits and . _ / + -', text)
  return text
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

function refusal(wanted: string, text: string): UsageError {
  return new UsageError(`must be ${wanted}, this is ${JSON.stringify(text)}`)
}
