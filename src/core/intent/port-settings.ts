/**
 * The settings of each port of a Service. `loadbalancer.lbex/SETTING.PORT-NAME` takes precedence over
 * `loadbalancer.lbex/SETTING`.
 */
import {CATALOGUE} from '../../diagnostics/catalogue.js'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service, ServicePort} from '../cluster/objects.js'
import {ANNOTATION_ENTRIES} from './annotations.js'
import {readListenerSettings, type ListenerSettings} from './listener-settings.js'
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

/** Returns the settings of a port of the Service. Ports without annotations of their own have the same settings object. */
export function portSettingsReader(
  service: Service,
  clients: AllowedClients,
  report: ReportDiagnostic,
): (port: ServicePort) => PortSettings {
  const own = ownKeysByPort(service)
  const common = readSettings(service, new Map(), clients, report)
  return ({name}) => {
    const keys = own.get(name)
    return keys ? readSettings(service, keys, clients, report) : common
  }
}

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

function readSettings(
  service: Service,
  own: OwnKeys,
  clients: AllowedClients,
  report: ReportDiagnostic,
): PortSettings {
  const settings = {...service, annotations: settingAnnotations(service, own)}
  let closed = false
  const reportOnPort: ReportDiagnostic = (code, input) => {
    closed ||= CATALOGUE[code].severity === 'error'
    report(code, {...input, ...(input.field && {field: fieldOf(input.field, own)})})
  }
  const listenerSettings = readListenerSettings(settings, clients, reportOnPort)
  const upstreamSettings = readUpstreamSettings(settings, reportOnPort)
  return {listenerSettings, upstreamSettings, closed}
}

const SETTINGS = ANNOTATION_ENTRIES.filter(({perPort}) => perPort)

/** The values of the settings by their keys for the whole Service. Not all annotations: a Service may have thousands. */
function settingAnnotations({annotations}: Service, own: OwnKeys): Record<string, string> {
  const found = SETTINGS.map(({key}) => [key, annotations[own.get(key) ?? key]] as const)
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** The field of the annotation that sets the value, for the field of the setting. */
function fieldOf(field: FieldPath, own: OwnKeys): FieldPath {
  const key = own.get(String(field[2]))
  return field[1] === 'annotations' && key !== undefined ? annotationField(key) : field
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
