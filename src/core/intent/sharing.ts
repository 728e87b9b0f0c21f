/** Reads which traffic of its listener a port takes, and with whom it shares that traffic: `hosts`, `shared-listener`, `weight`. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Protocol, Service, ServicePort} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {parseHostName} from './host-names.js'
import {settingField} from './port-settings.js'
import {parseNumber, reportInvalid} from './setting-values.js'
import {isPoolName} from './values.js'

export type Sharing = {
  /** Absent: the port takes all connections. */
  readonly hosts?: Hosts
  /** Absent: no other port gets the same traffic. */
  readonly share?: Share
}

export type Share = {
  /** NAMESPACE/KEY: ports of the same group share the same traffic. */
  readonly group: string
  /** An integer from 0 to 1000, relative to the weights of the group. */
  readonly weight: number
  /** The annotation with the weight, or with the key if there is none. */
  readonly field: FieldPath
}

type ExposedPort = {readonly port: ServicePort & {readonly protocol: Protocol}}

export type Hosts = {
  /** In the form of HostName, in the order of the annotation, without duplicates. Empty: the port takes no connection. */
  readonly names: readonly string[]
  readonly field: FieldPath
}

/** What the sharing sets of a PortIntent. */
type PortSharing = {readonly sharing?: Sharing; readonly closed?: true}

/**
 * Returns a function that reads the sharing of a port of the Service. If it cannot be read, which is reported, the port must neither
 * be exposed, nor take the listener from other Services: it is closed and takes no traffic.
 */
export function sharingReader(
  service: Service,
  report: ReportDiagnostic,
): (port: ExposedPort) => PortSharing {
  const hostsByKey = new Map<string, Hosts | undefined>()
  const isShared = Object.keys(service.annotations).some((key) => key.startsWith(SHARED_LISTENER))
  return (port) => {
    const hosts = readHosts(service, port, hostsByKey, report)
    const share = readShare(service, port, isShared, report)
    if (!hosts || !share) return NO_TRAFFIC
    return hosts.hosts || share.share ? {sharing: {...hosts, ...share}} : {}
  }
}

const NO_TRAFFIC: PortSharing = {sharing: {hosts: {names: [], field: []}}, closed: true}

const SHARED_LISTENER = ANNOTATIONS.sharedListener.key

/**
 * `known` has the result for each annotation: several ports may have the same one, with thousands of names. Names for a UDP port are
 * an error of its settings (`guard-protocol`).
 */
function readHosts(
  service: Service,
  {port}: ExposedPort,
  known: Map<string, Hosts | undefined>,
  report: ReportDiagnostic,
): Pick<Sharing, 'hosts'> | undefined {
  const {field, value} = readSetting(service, port, ANNOTATIONS.hosts.key)
  if (value === undefined || port.protocol !== ANNOTATIONS.hosts.protocol) return {}
  const key = String(field[2])
  if (!known.has(key)) known.set(key, parseHosts(value, field, report))
  const hosts = known.get(key)
  return hosts && {hosts}
}

/** Invalid names after which the other names of the annotation are not read. */
const MOST_INVALID = 50

function parseHosts(value: string, field: FieldPath, report: ReportDiagnostic): Hosts | undefined {
  const names = new Set<string>()
  let invalid = 0
  for (const text of value.split(',').map((each) => each.trim())) {
    // Each report compares the name with others: thousands of them would take seconds.
    if (invalid >= MOST_INVALID) break
    const parsed = parseHostName(text)
    if ('why' in parsed) invalid += 1
    if ('why' in parsed) report('host-invalid', {field, args: {text, ...parsed}})
    else if (names.has(parsed.name)) report('host-repeated', {field, args: parsed})
    else names.add(parsed.name)
  }
  if (names.size > 0) return {names: [...names], field}
  report('hosts-empty', {field, args: {}})
  return undefined
}

/** `isShared`: some port of the Service has a shared listener, so that a weight for all ports has an effect. */
function readShare(
  service: Service,
  {port}: ExposedPort,
  isShared: boolean,
  report: ReportDiagnostic,
): Pick<Sharing, 'share'> | undefined {
  const key = readSetting(service, port, SHARED_LISTENER)
  const weight = readSetting(service, port, ANNOTATIONS.weight.key)
  if (key.value === undefined) {
    const isUsed = isShared && weight.field[2] === ANNOTATIONS.weight.key
    if (weight.value !== undefined && !isUsed)
      report('weight-unused', {field: weight.field, on: 'key', args: {}})
    return {}
  }
  const share = {
    weight: readWeight(weight, report),
    field: weight.value === undefined ? key.field : weight.field,
  }
  if (isPoolName(key.value)) return {share: {group: `${service.ref.namespace}/${key.value}`, ...share}}
  report('shared-listener-invalid', {field: key.field, args: {value: key.value}})
  return undefined
}

const DEFAULT_WEIGHT = Number(ANNOTATIONS.weight.fallback)

function readWeight({value, field}: Setting, report: ReportDiagnostic): number {
  if (value === undefined) return DEFAULT_WEIGHT
  const weight = parseNumber(ANNOTATIONS.weight, value)
  if (weight === undefined) reportInvalid(value, ANNOTATIONS.weight, report, field)
  return weight ?? DEFAULT_WEIGHT
}

type Setting = {readonly field: FieldPath; readonly value: string | undefined}

/** The annotation that sets `key` for the port. */
function readSetting(service: Service, port: ServicePort, key: string): Setting {
  const field = settingField(service, port, key)
  return {field, value: service.annotations[String(field[2])]}
}
