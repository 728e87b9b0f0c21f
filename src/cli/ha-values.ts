/** Parsers of single flag values of `lbex ha`. Those that other commands use too are in values.ts. */
import {isAbsolute, normalize} from 'node:path'
import {UsageError} from './usage-error.js'
import {address, plainPath} from './values.js'

export type Neighbor = {readonly address: string; readonly as: number}

/** An interface of Linux: up to 15 characters. */
export function interfaceName(text: string): string {
  if (/^[\w.-]{1,15}$/.test(text)) return text
  throw refusal('the name of a network interface such as eth0', text)
}

/** https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3: 1 to 255. */
export function virtualRouterId(text: string): number {
  return between(1, 255, text)
}

/** https://www.rfc-editor.org/rfc/rfc5798#section-5.2.4: 255 is for the owner of an address, 1 is for hosts that are not ready. */
export function priority(text: string): number {
  return between(2, 254, text)
}

/** A number of an autonomous system that may be used: https://www.iana.org/assignments/iana-as-numbers-special-registry. */
export function asNumber(text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value < 2 ** 32 - 1 && value !== 23_456 && value !== 65_535) return value
  throw refusal('the number of an autonomous system such as 64512', text)
}

/** `192.0.2.1=64512`: a router and its AS. */
export function neighbor(text: string): Neighbor {
  const [, ip, as] = /^([^=]+)=([^=]+)$/.exec(text) ?? []
  if (ip === undefined || as === undefined)
    throw refusal('ADDRESS=AS, the address of a router and its AS, such as 192.0.2.1=64512', text)
  return {address: address(ip), as: asNumber(as)}
}

/** BGP identifies routers by an IPv4 address, also on hosts that have only IPv6. */
export function bgpRouterId(text: string): string {
  if (/^\d+(\.\d+){3}$/.test(text) && text !== '0.0.0.0') return address(text)
  throw refusal('an IPv4 address, different on each host', text)
}

/** An absolute path without the slash at its end. */
export function installFolder(text: string): string {
  const path = plainPath(text)
  if (isAbsolute(path)) return normalize(path).replace(/(?<=.)\/$/, '')
  throw refusal('an absolute path', text)
}

function between(first: number, last: number, text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (value >= first && value <= last) return value
  throw refusal(`a number from ${first} to ${last}`, text)
}

function refusal(wanted: string, text: string): UsageError {
  return new UsageError(`must be ${wanted}; this is ${JSON.stringify(text)}`)
}
