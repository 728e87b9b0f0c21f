/**
 * The settings of each port of a Service. `loadbalancer.lbex/SETTING.PORT-NAME` takes precedence over
 * `loadbalancer.lbex/SETTING`, which takes precedence over `--default-SETTING`.
 */
import {CATALOGUE} from '../../diagnostics/catalogue.js'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service, ServicePort} from '../cluster/objects.js'
import type {AnnotationEntry} from './annotation-entry.js'
import {ANNOTATION_ENTRIES} from './annotations.js'
import {readListenerSettings, type ListenerSettings} from './listener-settings.js'
import type {IntentOptions} from './options.js'
import {parsePortSettingKey, UNNAMED} from './setting-keys.js'
import type {AllowedClients} from './source-ranges.js'
import {readUpstreamSettings, type UpstreamSettings} from './upstream-settings.js'
import {annotationField} from './values.js'

export type PortSettings = {
  readonly listenerSettings: ListenerSettings
  readonly upstreamSettings: UpstreamSettings
  /** True if a setting has an error: the port is not exposed. */
  readonly closed: boolean
}

/** By the key of the setting, the key of the annotation that sets it for one port. */
type OwnKeys = ReadonlyMap<string, string>

/**
 * Returns the settings of a port of the Service. Ports of one protocol without annotations of their own have the same settings
 * object.
 */
export function portSettingsReader(
  service: Service,
  clients: AllowedClients,
  {defaultSettings}: Pick<IntentOptions, 'defaultSettings'>,
  report: ReportDiagnostic,
): (port: ServicePort) => PortSettings {
  const own = ownKeysByPort(service)
  const read = (keys: OwnKeys, protocol: string): PortSettings =>
    readSettings({service, clients, defaultSettings, keys, hasOwnKeys: own.size > 0, protocol, report})
  const common = new Map([['TCP', read(NO_KEYS, 'TCP')]])
  return ({name, protocol}) => {
    const keys = own.get(name)
    if (keys) return read(keys, protocol)
    const settings = common.get(protocol) ?? read(NO_KEYS, protocol)
    common.set(protocol, settings)
    return settings
  }
}

const NO_KEYS: OwnKeys = new Map()

function ownKeysByPort({annotations, ports}: Service): ReadonlyMap<string, OwnKeys> {
  const byPort = new Map<string, Map<string, string>>()
  for (const key of Object.keys(annotations)) {
    const {entry, portName = ''} = parsePortSettingKey(key) ?? {}
    if (!entry) continue
    const isUnnamed = portName === UNNAMED && ports.length === 1
    const name = isUnnamed ? (ports[0]?.name ?? '') : portName
    const keys = byPort.get(name) ?? new Map<string, string>()
    byPort.set(name, keys)
    if (!isUnnamed || !keys.has(entry.key)) keys.set(entry.key, key)
  }
  return byPort
}

type Source = {
  readonly service: Service
  readonly clients: AllowedClients
  readonly defaultSettings: IntentOptions['defaultSettings']
  readonly keys: OwnKeys
  /** True if a port of the Service has keys of its own. */
  readonly hasOwnKeys: boolean
  readonly protocol: string
  readonly report: ReportDiagnostic
}

/**
 * An error of a setting closes the port. A warning is only about annotations of the port, or about those of the Service if the port
 * has none: it is not about flags. Whether an annotation of the Service has an effect (`on: 'key'`) is judged only if no port has
 * settings of its own, because it may have an effect for such a port.
 */
function readSettings(source: Source): PortSettings {
  let closed = false
  const report: ReportDiagnostic = (code, input) => {
    const {severity} = CATALOGUE[code]
    const {field, isOther} = placeOf(input.field, source)
    closed ||= severity === 'error'
    const isJudged = input.on !== 'key' || source.keys.size > 0 || !source.hasOwnKeys
    if (severity === 'error' || (!isOther && isJudged)) source.report(code, {...input, ...(field && {field})})
  }
  const settings = {...source.service, annotations: settingAnnotations(source, report)}
  const listenerSettings = readListenerSettings(settings, source.clients, report)
  const upstreamSettings = readUpstreamSettings(settings, report)
  return {listenerSettings, upstreamSettings, closed}
}

const SETTINGS = ANNOTATION_ENTRIES.filter(({perPort}) => perPort)

/** The values of the settings by their keys for the whole Service. Not all annotations: a Service may have thousands. */
function settingAnnotations(source: Source, report: ReportDiagnostic): Record<string, string> {
  const {service, keys, protocol, defaultSettings} = source
  const values: Record<string, string> = {}
  for (const entry of SETTINGS) {
    const {key} = entry
    const annotated = service.annotations[keys.get(key) ?? key]
    const isForeign = entry.protocol !== undefined && entry.protocol !== protocol
    const value = annotated ?? (isForeign ? undefined : defaultSettings[key])
    if (value === undefined) continue
    if (!isForeign) values[key] = value
    else if (value !== entry.fallback) reportProtocol(entry, source, report)
  }
  return values
}

/** A setting that does not guard may be for other ports of the Service, unless it is set for this port. */
function reportProtocol(entry: AnnotationEntry, source: Source, report: ReportDiagnostic): void {
  const {key} = entry
  const {keys, protocol, service} = source
  const field = annotationField(key)
  if (entry.guards) return report('guard-protocol', {field, args: {key, protocol}})
  if (!keys.has(key) && service.ports.some((port) => port.protocol === entry.protocol)) return
  const args = {key, why: `the port uses ${protocol}`, advice: 'remove the annotation'}
  report('setting-unused', {field, on: 'key', args})
}

/** The field that sets the value: the annotation of the port or of the Service. `isOther`: not an annotation of what is read. */
function placeOf(
  field: FieldPath | undefined,
  {service, keys}: Source,
): {readonly field?: FieldPath; readonly isOther: boolean} {
  if (field?.[1] !== 'annotations') return {...(field && {field}), isOther: false}
  const key = keys.get(String(field[2])) ?? String(field[2])
  const isFlag = service.annotations[key] === undefined
  return {field: annotationField(key), isOther: isFlag || (keys.size > 0 && !keys.has(String(field[2])))}
}

/** The field of the annotation that sets `key` for the port: that of the port, or that of the Service. */
export function settingField(
  {annotations, ports}: Pick<Service, 'annotations' | 'ports'>,
  {name}: Pick<ServicePort, 'name'>,
  key: string,
): FieldPath {
  const names = ports.length === 1 ? [name, UNNAMED] : [name]
  const own = names.map((each) => `${key}.${each}`).find((each) => annotations[each] !== undefined)
  return annotationField(own ?? key)
}
