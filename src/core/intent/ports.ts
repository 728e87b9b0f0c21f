/** Which ports of a Service are exposed, and at which listen ports. */
import {nearest, onlyNear} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Protocol, Service, ServicePort} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {parsePortRange, type PortRange} from './port-range.js'
import {isLoadBalancerOf} from './service-class.js'
import type {ExposedPort, UpstreamType} from './service-intent.js'
import {portNamesOf, shownPortNames, UNNAMED} from './setting-keys.js'
import {annotationField, parsePort} from './values.js'

/**
 * The ports to expose, in the order of the Service. A Service whose load balancer is this lbex listens on its own ports unless
 * annotations set others (https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer). A port with an invalid
 * value is reported and skipped.
 */
export function readPorts(service: Service, options: IntentOptions, report: ReportDiagnostic): ExposedPort[] {
  reportUnknownPorts(service, report)
  reportAlias(service, report)
  const keysByPort = service.ports.map((port) => annotationsFor(port, service))
  const requirePort = options.requirePort && !isLoadBalancerOf(service, options)
  if (requirePort && keysByPort.every((keys) => keys.length === 0)) {
    report('port-missing', {
      field: ['metadata', 'annotations'],
      on: 'key',
      args: {example: exampleFor(service)},
    })
  }
  return service.ports.flatMap(
    (port, index) => readPort(service, port, index, keysByPort[index] ?? [], requirePort, report) ?? [],
  )
}

/** The annotations that set the listen port of this port; the first one is used. */
function annotationsFor(port: ServicePort, service: Service): string[] {
  const keys = port.name === '' ? [] : [`${ANNOTATIONS.port.key}${port.name}`]
  if (service.ports.length === 1) keys.push(`${ANNOTATIONS.port.key}${UNNAMED}`, ANNOTATIONS.portAlias.key)
  return [...new Set(keys)].filter((key) => service.annotations[key] !== undefined)
}

function readPort(
  service: Service,
  port: ServicePort,
  index: number,
  keys: readonly string[],
  requirePort: boolean,
  report: ReportDiagnostic,
): ExposedPort | undefined {
  const [key, ...others] = keys
  if (key === undefined && requirePort) return undefined
  if (!isSupported(port)) {
    report('port-protocol', {field: ['spec', 'ports', index, 'protocol'], args: {protocol: port.protocol}})
    return undefined
  }
  if (key === undefined) return {port, index, listenPort: port.port, field: ['spec', 'ports', index, 'port']}
  const listening = readListenPort(service, key, report)
  for (const other of others) reportContradiction(service, key, other, report)
  return listening && {port, index, ...listening, field: annotationField(key)}
}

function isSupported(port: ServicePort): port is ServicePort & {protocol: Protocol} {
  return port.protocol === 'TCP' || port.protocol === 'UDP'
}

type Listening = {readonly listenPort: number; readonly range?: PortRange}

function readListenPort(
  {annotations}: Service,
  key: string,
  report: ReportDiagnostic,
): Listening | undefined {
  const value = annotations[key] ?? ''
  const field = annotationField(key)
  const listenPort = parsePort(value)
  if (listenPort !== undefined) return {listenPort}
  const range = parsePortRange(value)
  if (range && 'first' in range) return {listenPort: range.first, range}
  if (range) report('port-range-invalid', {field, args: {value, ...range}})
  else report('port-invalid', {field, args: {value}})
  return undefined
}

/**
 * The ports that this type of upstream can serve. Only a Pod has more ports than those in spec.ports: a node port or a cluster IP
 * leads to one port.
 */
export function withoutForeignRanges(
  ports: readonly ExposedPort[],
  upstreamType: UpstreamType,
  report: ReportDiagnostic,
): readonly ExposedPort[] {
  if (upstreamType === 'pod') return ports
  return ports.filter(({range, field}) => {
    if (range) report('port-range-upstream', {field, args: {upstreamType}})
    return !range
  })
}

function reportContradiction(
  {annotations}: Service,
  used: string,
  other: string,
  report: ReportDiagnostic,
): void {
  if (annotations[used] === annotations[other]) return
  report('port-annotated-twice', {field: annotationField(other), on: 'key', args: {used}})
}

function reportUnknownPorts(service: Service, report: ReportDiagnostic): void {
  const accepted = new Set(portNamesOf(service))
  for (const key of Object.keys(service.annotations)) {
    if (!key.startsWith(ANNOTATIONS.port.key)) continue
    const name = key.slice(ANNOTATIONS.port.key.length)
    if (accepted.has(name)) continue
    report('port-unknown', {
      field: annotationField(key),
      on: 'key',
      args: () => ({name, known: shownPortNames(service), ...guesses(name, [...accepted])}),
    })
  }
}

/** A misspelt name is not compared with more names than this: too many would be similar. */
const MOST_COMPARED = 500

/** The most similar name, and the only similar one if there is no other. */
export function guesses(name: string, accepted: readonly string[]): {nearest?: string; only?: string} {
  if (accepted.length > MOST_COMPARED) return {}
  const [near, only] = [nearest(name, accepted), onlyNear(name, accepted)]
  return {...(near !== undefined && {nearest: near}), ...(only !== undefined && {only})}
}

function reportAlias(service: Service, report: ReportDiagnostic): void {
  const {key} = ANNOTATIONS.portAlias
  if (service.annotations[key] === undefined) return
  const names = namesOf(service)
  const finding = {field: annotationField(key), on: 'key'} as const
  if (service.ports.length > 1) report('port-alias-ambiguous', {...finding, args: {key, names}})
  else
    report('annotation-deprecated', {
      ...finding,
      args: {key, instead: `${ANNOTATIONS.port.key}${names[0] ?? UNNAMED}`},
    })
}

function namesOf({ports}: Service): string[] {
  return ports.map((port) => port.name).filter((name) => name !== '')
}

function exampleFor({ports}: Service): string {
  const port = ports[0]
  return `${ANNOTATIONS.port.key}${port?.name || UNNAMED}: "${port?.port ?? 8080}"`
}
