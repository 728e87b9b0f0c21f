/** Parses the server names (SNI) of `hosts`. */
import {domainToASCII} from 'node:url'
import {parseIp} from '../cluster/ip-address.js'

export type HostName =
  /** In lower case: a host name, `*.` and a host name, or `*`. */
  | {readonly name: string}
  /** Why the text is not a host name, and what to write instead if that is clear. */
  | {readonly why: string; readonly instead?: string}

/** https://datatracker.ietf.org/doc/html/rfc1123#section-2.1 */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const LONGEST_NAME = 253

/** Clients send a name in the form of https://datatracker.ietf.org/doc/html/rfc6066#section-3, in lower or upper case. */
export function parseHostName(text: string): HostName {
  if (text === '*') return {name: text}
  const wildcard = text.startsWith('*.') ? '*.' : ''
  const name = text.slice(wildcard.length)
  const why = whyInvalid(name.toLowerCase())
  if (why === undefined) return {name: wildcard + name.toLowerCase()}
  const instead = corrected(name)
  return {why, ...(instead !== undefined && {instead: wildcard + instead})}
}

/** `name` is in lower case, without `*.`. */
function whyInvalid(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (parseIp(name.replace(/^\[(.*)\]$/, '$1'))) return 'clients send no server name for an IP address'
  if (/[\u0080-\uffff]/.test(name)) return 'clients send international names in their ASCII form (Punycode)'
  if (name.endsWith('.')) return 'clients send names without the dot at the end'
  if (name.includes('*')) return '"*" is only allowed as the first label ("*.example.com") or alone'
  if (name.length > LONGEST_NAME) return `it has more than ${LONGEST_NAME} characters`
  const wrong = name.split('.').find((label) => !LABEL.test(label))
  return wrong === undefined ? undefined : whyInvalidLabel(wrong)
}

function whyInvalidLabel(label: string): string {
  if (label === '') return 'a label is empty'
  if (label.length > 63) return 'a label has more than 63 characters'
  return 'labels have only letters, digits and "-", with a letter or digit at both ends'
}

/** The ASCII form of the name without a dot at its end; undefined if that is not a host name either. */
function corrected(name: string): string | undefined {
  const ascii = domainToASCII(name.replace(/\.$/, '').toLowerCase())
  return whyInvalid(ascii) === undefined ? ascii : undefined
}
