/** Reads the annotations and fields of a Service into a validated intent. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service, ServicePort} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {countListenPorts} from './port-range.js'
import {readPorts, withoutForeignRanges} from './ports.js'
import {reportFields} from './service-fields.js'
import {portSettingsReader, settingField} from './port-settings.js'
import {selectionOf} from './select.js'
import type {ServiceIntent, UpstreamType} from './service-intent.js'
import {sharingReader} from './sharing.js'
import {readListenAddresses} from './listen-addresses.js'
import {readPoolRequest} from './pool-request.js'
import {readSourceRanges} from './source-ranges.js'
import {reportUnknownAnnotations} from './unknown-annotations.js'
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
  reportFields(intent, options, report)
  return {intent, diagnostics}
}

function readAnnotations(service: Service, options: IntentOptions, report: ReportDiagnostic): ServiceIntent {
  const exposed = readPorts(service, options, report)
  const listenPorts = service.ports.length - exposed.length + countListenPorts(exposed)
  const ranges = readSourceRanges(service, options, report, Math.max(1, listenPorts))
  const clients = reportUnknownAnnotations(service, ranges, report) ? undefined : ranges
  const upstreamType = readUpstreamType(service, options, report)
  const ports = withoutForeignRanges(exposed, upstreamType, report)
  const settingsOf = portSettingsReader(service, clients ?? [], options, report)
  const sharingOf = sharingReader(service, report)
  const addresses = readListenAddresses(service, options, report)
  return {
    service,
    addresses,
    pool: readPoolRequest(service, addresses, options, report),
    ports: ports.map((each) => ({...each, ...settingsOf(each.port), ...sharingOf(each)})),
    upstreamType,
    nodeSet: readEnum(service, ANNOTATIONS.nodeSet, report),
    nodeAddressType: readEnum(service, ANNOTATIONS.nodeAddressType, report),
    closed: clients === undefined,
  }
}

function readUpstreamType(
  service: Service,
  {defaultUpstreamType: fallback}: IntentOptions,
  report: ReportDiagnostic,
): UpstreamType {
  return readEnum(service, {...ANNOTATIONS.upstreamType, fallback}, report)
}

/** Reports settings that are valid, but have no effect or need more in combination with other settings. */
function reportCombinations(intent: ServiceIntent, report: ReportDiagnostic): void {
  if (intent.upstreamType !== 'node') reportNodeOptions(intent, report)
  else if (intent.nodeSet === 'all' && intent.service.externalTrafficPolicy === 'Local') {
    report('node-set-overruled', {field: annotationField(ANNOTATIONS.nodeSet.key), args: {}})
  }
  if (intent.service.sessionAffinity === 'ClientIP') reportAffinity(intent, report)
  for (const {port, listenerSettings} of intent.ports)
    if (listenerSettings.transparent) reportPassthrough(intent, port, report)
}

function reportNodeOptions({service, upstreamType}: ServiceIntent, report: ReportDiagnostic): void {
  for (const {key} of [ANNOTATIONS.nodeSet, ANNOTATIONS.nodeAddressType]) {
    if (service.annotations[key] === undefined) continue
    report('node-option-unused', {field: annotationField(key), on: 'key', args: {key, upstreamType}})
  }
}

function reportPassthrough(
  {service, upstreamType}: ServiceIntent,
  port: ServicePort,
  report: ReportDiagnostic,
): void {
  const field = settingField(service, port, ANNOTATIONS.passthrough.key)
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
