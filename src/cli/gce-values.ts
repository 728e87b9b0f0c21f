/** Parsers of single flag values of `lbex gce`. Those that other commands use too are in values.ts. */
import ipaddr from 'ipaddr.js'
import {UsageError} from './usage-error.js'
import {duration, port} from './values.js'

/** https://cloud.google.com/compute/docs/naming-resources: what Google calls an RFC 1035 label. */
export function resourceName(text: string): string {
  if (text.length > 63) throw new UsageError(`must have at most 63 characters, this has ${text.length}`)
  return matching(
    text,
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "a name (lowercase letters, digits and '-', starting with a letter)",
  )
}

/**
 * https://cloud.google.com/resource-manager/docs/creating-managing-projects: 6 to 30 characters. Older projects of an
 * organization have its domain as a prefix: `example.com:my-project`.
 */
export function projectId(text: string): string {
  return matching(
    text,
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
    'a project ID',
  )
}

export function regionName(text: string): string {
  return matching(text, /^[a-z]+-[a-z]+\d+$/, 'a region such as us-central1')
}

export function zoneOrRegion(text: string): string {
  return matching(text, /^[a-z]+-[a-z]+\d+(-[a-z][a-z0-9]*)?$/, 'a zone such as us-central1-a, or a region')
}

export function machineType(text: string): string {
  return matching(text, /^[a-z][-a-z0-9]{0,62}$/, 'a machine type such as e2-small')
}

export function serviceAccount(text: string): string {
  return matching(
    text,
    /^[a-z0-9][-a-z0-9.]*@[-a-z0-9.]+\.gserviceaccount\.com$/,
    'the email address of a service account',
  )
}

export type LbexPackage = {
  /** A package for npm, such as `lbex@2.0.0`, or the URL of an archive. */
  readonly source: string
  /** Checksum of the archive in hexadecimal digits. */
  readonly sha256?: string
}

/**
 * `lbex@2.0.0` or `https://host/lbex.tgz#sha256=...`. The version or the checksum is required because the autoscaler creates hosts
 * at any later time, and all hosts must install the same lbex. For a version, npm verifies the checksum that the registry has.
 */
export function lbexPackage(text: string): LbexPackage {
  if (/^(@[\w.-]+\/)?\w[\w.-]*@\d+\.\d+\.\d+[\w.+-]*$/.test(text)) return {source: text}
  const [, source, sha256] = /^(https:\/\/[\w@./:+-]+)#sha256=([0-9a-f]{64})$/.exec(text) ?? []
  if (source !== undefined && sha256 !== undefined) return {source, sha256}
  throw refusal('one version such as lbex@2.0.0, or https://HOST/PATH.tgz#sha256=CHECKSUM', text)
}

/** Milliseconds. */
export function waitTimeout(text: string): number {
  const milliseconds = duration(text)
  if (milliseconds === 0) throw new UsageError('must be longer than 0', '--no-wait does not wait')
  return milliseconds
}

/** At least 2: the size of the smallest group. */
export function hostCount(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 2 || Number(text) > 1000) {
    throw refusal('a number from 2 (the minimum size of the group) to 1000', text)
  }
  return Number(text)
}

/** An IPv4 range without host bits. */
function cidr(text: string): string {
  if (!/^[\d.]+\/\d+$/.test(text) || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    throw refusal('an IPv4 range such as 10.150.0.0/27', text)
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(text).toString()
  const canonical = `${network}/${ipaddr.IPv4.parseCIDR(text)[1]}`
  if (canonical !== text) throw new UsageError(`${text} has bits set after its prefix`, `write ${canonical}`)
  return text
}

/** The range of a subnet: https://cloud.google.com/vpc/docs/subnets#valid-ranges */
export function subnetCidr(text: string): string {
  const prefix = Number(cidr(text).split('/')[1])
  if (prefix < 8 || prefix > 29) throw refusal('a range from /8 to /29', text)
  return text
}

/** IPv4 ranges, separated by commas. */
export function cidrs(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => cidr(part.trim())))]
}

/** `80,443,9827/udp,7000-8000` in the notation of firewall rules: `tcp:80`, `udp:9827`, `tcp:7000-8000`. */
export function servedPorts(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => servedPort(part.trim())))]
}

function servedPort(text: string): string {
  const [, first, last, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/i.exec(text) ?? []
  if (first === undefined) throw refusal('ports such as 80, 9827/udp or 8000-8100', text)
  const range = [port(first), ...(last === undefined ? [] : [port(last)])]
  if (range.length === 2 && (range[0] as number) >= (range[1] as number)) {
    throw refusal('a range from a lower to a higher port', text)
  }
  return `${protocol.toLowerCase()}:${range.join('-')}`
}

function matching(text: string, pattern: RegExp, wanted: string): string {
  if (!pattern.test(text)) throw refusal(wanted, text)
  return text
}

function refusal(wanted: string, text: string): UsageError {
  return new UsageError(`must be ${wanted}, this is ${JSON.stringify(text)}`)
}
