/** From a Service's annotations to what its owner asked for. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {nearest, onlyNear} from '../../diagnostics/nearest.js'
import {reporter, type Report} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {readPorts} from './ports.js'
import {readSourceRanges, reportIgnoredFields} from './service-fields.js'
import {isAboutLbex, isOurs} from './select.js'
import type {ServiceIntent} from './service-intent.js'
import {annotationField, readAddress, readBoolean, readEnum} from './values.js'

export type IntentReading = {
  /** Absent where the Service is not ours. */
  readonly intent?: ServiceIntent
  readonly diagnostics: readonly Diagnostic[]
}

/** Total: whatever the annotations hold, there is an intent or a reason why not. */
export function readIntent(service: Service, options: IntentOptions): IntentReading {
  const diagnostics: Diagnostic[] = []
  const report = reporter(service, diagnostics)
  if (!isOurs(service, options, report)) return {diagnostics}
  reportUnknownAnnotations(service, report)
  const intent = readAnnotations(service, options, report)
  reportIneffective(intent, report)
  reportIgnoredFields(service, report)
  return {intent, diagnostics}
}

function readAnnotations(service: Service, options: IntentOptions, report: Report): ServiceIntent {
  const resolver = readAddress(service, ANNOTATIONS.resolver.key, report)
  return {
    service,
    ports: readPorts(service, options, report),
    upstreamType: readEnum(service, ANNOTATIONS.upstreamType, report),
    nodeSet: readEnum(service, ANNOTATIONS.nodeSet, report),
    nodeAddressType: readEnum(service, ANNOTATIONS.nodeAddressType, report),
    algorithm: readEnum(service, ANNOTATIONS.algorithm, report),
    method: readEnum(service, ANNOTATIONS.method, report),
    clientAffinity: service.sessionAffinity === 'ClientIP',
    closed: readSourceRanges(service, report),
    passthrough: readBoolean(service, ANNOTATIONS.passthrough.key, report),
    ...(resolver !== undefined && {resolver}),
  }
}

const KEYS = ANNOTATION_ENTRIES.map((entry) => entry.key)

function reportUnknownAnnotations({annotations, ports}: Service, report: Report): void {
  const portNames = ports.map((port) => port.name)
  for (const key of Object.keys(annotations)) {
    if (KEYS.includes(key) || key.startsWith(ANNOTATIONS.port.key) || !isAboutLbex(key)) continue
    report('annotation-unknown', {
      field: annotationField(key),
      on: 'key',
      args: () => ({key, ...nearestKey(key, portNames)}),
    })
  }
}

/** Domain and name are compared apart: the long domain would make every name look like every other. */
function nearestKey(key: string, portNames: readonly string[]): {nearest?: string; certain?: boolean} {
  const [domain = '', name = ''] = key.split('/')
  const nearDomain = nearest(domain, DOMAINS)
  if (nearDomain === PORT_DOMAIN)
    return {nearest: `${PORT_DOMAIN}/${name}`, certain: portNames.includes(name)}
  const names = PARTS.filter((part) => part.domain === nearDomain).map((part) => part.name)
  const nearName = nearest(name, names)
  if (nearName === undefined) return {}
  return {nearest: `${nearDomain}/${nearName}`, certain: onlyNear(name, names) !== undefined}
}

const PARTS = KEYS.map((key) => key.split('/')).map(([domain = '', name = '']) => ({domain, name}))
const DOMAINS = [...new Set(PARTS.map((part) => part.domain))]
const [PORT_DOMAIN] = ANNOTATIONS.port.key.split('/')

/** Wishes that are valid each, and have no effect together. */
function reportIneffective(intent: ServiceIntent, report: Report): void {
  const {annotations, externalTrafficPolicy} = intent.service
  if (intent.algorithm !== 'least_time' && annotations[ANNOTATIONS.method.key] !== undefined) {
    report('method-unused', {
      field: annotationField(ANNOTATIONS.method.key),
      on: 'key',
      args: {algorithm: intent.algorithm},
    })
  }
  if (intent.upstreamType !== 'node') reportNodeOptions(intent, report)
  else if (intent.nodeSet === 'all' && externalTrafficPolicy === 'Local') {
    report('node-set-overruled', {field: annotationField(ANNOTATIONS.nodeSet.key), args: {}})
  }
  if (intent.clientAffinity) reportAffinity(intent, report)
  if (intent.passthrough) reportPassthrough(intent, report)
}

function reportNodeOptions({service, upstreamType}: ServiceIntent, report: Report): void {
  for (const {key} of [ANNOTATIONS.nodeSet, ANNOTATIONS.nodeAddressType]) {
    if (service.annotations[key] === undefined) continue
    report('node-option-unused', {field: annotationField(key), on: 'key', args: {key, upstreamType}})
  }
}

function reportPassthrough({service, upstreamType}: ServiceIntent, report: Report): void {
  const field = annotationField(ANNOTATIONS.passthrough.key)
  report('passthrough-needs', {field, args: {}})
  if (upstreamType === 'node' && service.externalTrafficPolicy !== 'Local') {
    report('passthrough-masqueraded', {field, args: {}})
  }
}

function reportAffinity({algorithm, upstreamType}: ServiceIntent, report: Report): void {
  if (algorithm !== 'round_robin') {
    report('affinity-wins', {field: annotationField(ANNOTATIONS.algorithm.key), args: {algorithm}})
  }
  if (upstreamType !== 'pod') {
    report('affinity-behind-proxy', {field: ['spec', 'sessionAffinity'], args: {upstreamType}})
  }
}
