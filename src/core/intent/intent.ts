/** Reads the annotations and fields of a Service into a validated intent. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {nearest, onlyNear} from '../../diagnostics/nearest.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {readPorts} from './ports.js'
import {reportIgnoredFields} from './service-fields.js'
import {isAboutLbex, selectionOf} from './select.js'
import type {ServiceIntent} from './service-intent.js'
import {readListenerSettings} from './listener-settings.js'
import {readSourceRanges, type AllowedClients} from './source-ranges.js'
import {readUpstreamSettings} from './upstream-settings.js'
import {annotationField, readEnum} from './values.js'

export type IntentReading = {
  /** Absent if lbex does not serve the Service. */
  readonly intent?: ServiceIntent
  readonly diagnostics: readonly Diagnostic[]
}

/** Never throws, whatever the annotations contain. */
export function readIntent(service: Service, options: IntentOptions): IntentReading {
  const diagnostics: Diagnostic[] = []
  const report = reporter(service, diagnostics)
  if (selectionOf(service, options, report) !== 'selected') return {diagnostics}
  const intent = readAnnotations(service, options, report)
  reportCombinations(intent, report)
  reportIgnoredFields(service, report)
  return {intent, diagnostics}
}

function readAnnotations(service: Service, options: IntentOptions, report: ReportDiagnostic): ServiceIntent {
  const ranges = readSourceRanges(service, options, report)
  const clients = reportUnknownAnnotations(service, ranges, report) ? undefined : ranges
  return {
    service,
    ports: readPorts(service, options, report),
    upstreamType: readEnum(service, ANNOTATIONS.upstreamType, report),
    nodeSet: readEnum(service, ANNOTATIONS.nodeSet, report),
    nodeAddressType: readEnum(service, ANNOTATIONS.nodeAddressType, report),
    closed: clients === undefined,
    listenerSettings: readListenerSettings(service, clients ?? [], report),
    upstreamSettings: readUpstreamSettings(service, report),
  }
}

const KEYS = ANNOTATION_ENTRIES.map((entry) => entry.key)

/** True if one of them is most likely a restriction, and no other restriction applies: it must not be ignored. */
function reportUnknownAnnotations(
  {annotations, ports}: Service,
  clients: AllowedClients | undefined,
  report: ReportDiagnostic,
): boolean {
  const portNames = ports.map((port) => port.name)
  let isRestricted = false
  for (const key of Object.keys(annotations)) {
    if (KEYS.includes(key) || key.startsWith(ANNOTATIONS.port.key) || !isAboutLbex(key)) continue
    // One restriction closes the Service: there is no need to examine the others, which may be tens of thousands.
    const isRestriction: boolean = clients === 'all' && !isRestricted && isMisspeltRestriction(key, portNames)
    isRestricted ||= isRestriction
    const code = isRestriction ? 'source-ranges-misspelt' : 'annotation-unknown'
    report(code, {
      field: annotationField(key),
      on: 'key',
      args: () => ({key, ...nearestKey(key, portNames)}),
    })
  }
  return isRestricted
}

function isMisspeltRestriction(key: string, portNames: readonly string[]): boolean {
  const {key: correct} = ANNOTATIONS.sourceRanges
  const [name, correctName] = [key, correct].map((text) => text.slice(text.indexOf('/') + 1))
  const isSimilar =
    name !== undefined && correctName !== undefined && nearest(name, [correctName]) !== undefined
  return isSimilar && nearestKey(key, portNames).nearest === correct
}

/** Compares domain and name separately: with the long domain, all keys would be similar to each other. */
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

/** Reports settings that are valid, but have no effect or need more in combination with other settings. */
function reportCombinations(intent: ServiceIntent, report: ReportDiagnostic): void {
  if (intent.upstreamType !== 'node') reportNodeOptions(intent, report)
  else if (intent.nodeSet === 'all' && intent.service.externalTrafficPolicy === 'Local') {
    report('node-set-overruled', {field: annotationField(ANNOTATIONS.nodeSet.key), args: {}})
  }
  if (intent.upstreamSettings.balancing.algorithm === 'client_ip') reportAffinity(intent, report)
  if (intent.listenerSettings.transparent) reportPassthrough(intent, report)
}

function reportNodeOptions({service, upstreamType}: ServiceIntent, report: ReportDiagnostic): void {
  for (const {key} of [ANNOTATIONS.nodeSet, ANNOTATIONS.nodeAddressType]) {
    if (service.annotations[key] === undefined) continue
    report('node-option-unused', {field: annotationField(key), on: 'key', args: {key, upstreamType}})
  }
}

function reportPassthrough({service, upstreamType}: ServiceIntent, report: ReportDiagnostic): void {
  const field = annotationField(ANNOTATIONS.passthrough.key)
  report('passthrough-needs', {field, args: {}})
  if (upstreamType === 'node' && service.externalTrafficPolicy !== 'Local') {
    report('passthrough-masqueraded', {field, args: {}})
  }
}

function reportAffinity({upstreamType}: ServiceIntent, report: ReportDiagnostic): void {
  if (upstreamType !== 'pod') {
    report('affinity-behind-proxy', {field: ['spec', 'sessionAffinity'], args: {upstreamType}})
  }
}
