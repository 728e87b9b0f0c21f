/** Reports annotations that are most likely for lbex, but that lbex does not know. */
import {nearest, onlyNear} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import type {AnnotationEntry} from './annotation-entry.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from './annotations.js'
import {guesses} from './ports.js'
import {isAboutLbex} from './select.js'
import {parsePortSettingKey, portNamesOf, shownPortNames, type PortSettingKey} from './setting-keys.js'
import type {AllowedClients} from './source-ranges.js'
import {annotationField} from './values.js'

const KEYS = ANNOTATION_ENTRIES.map((entry) => entry.key)

/** True if one of them is most likely a setting that guards, and is not set otherwise: it must not be ignored. */
export function reportUnknownAnnotations(
  service: Service,
  clients: AllowedClients | undefined,
  report: ReportDiagnostic,
): boolean {
  const portNames = portNamesOf(service)
  const guards = GUARDS.filter(({key}) => !isSet(key, service, clients))
  let isGuarded = false
  for (const key of Object.keys(service.annotations)) {
    if (KEYS.includes(key) || key.startsWith(ANNOTATIONS.port.key) || !isAboutLbex(key)) continue
    const perPort = parsePortSettingKey(key)
    if (perPort) {
      isGuarded = reportUnknownPort(key, perPort, service, report) || isGuarded
      continue
    }
    // One guard closes the Service: there is no need to examine the others, which may be tens of thousands.
    // A key for one port restricts that port more than the guard of the whole Service, which does not replace it.
    const candidates = key === withoutPort(key) ? guards : GUARDS
    const guard = isGuarded ? undefined : misspeltGuard(key, candidates, portNames)
    isGuarded ||= guard !== undefined
    reportUnknown(key, guard, portNames, report)
  }
  return isGuarded
}

function isSet(key: string, {annotations}: Service, clients: AllowedClients | undefined): boolean {
  return key === ANNOTATIONS.sourceRanges.key ? clients !== 'all' : annotations[key] !== undefined
}

function reportUnknown(
  key: string,
  guard: AnnotationEntry | undefined,
  portNames: readonly string[],
  report: ReportDiagnostic,
): void {
  const place = {field: annotationField(key), on: 'key'} as const
  if (guard && guard.key !== ANNOTATIONS.sourceRanges.key) {
    report('guard-misspelt', {
      ...place,
      args: () => ({key, ...{nearest: guard.key, ...nearestKey(key, portNames)}}),
    })
    return
  }
  const code = guard ? 'source-ranges-misspelt' : 'annotation-unknown'
  report(code, {...place, args: () => ({key, ...nearestKey(key, portNames)})})
}

/** Reports a setting for a port that the Service does not have. True if the setting guards. */
function reportUnknownPort(
  key: string,
  {entry, portName: name}: PortSettingKey,
  service: Service,
  report: ReportDiagnostic,
): boolean {
  const accepted = portNamesOf(service)
  if (accepted.includes(name)) return false
  report(entry.guards ? 'guard-port-unknown' : 'setting-port-unknown', {
    field: annotationField(key),
    on: 'key',
    args: () => ({setting: entry.key, name, known: shownPortNames(service), ...guesses(name, accepted)}),
  })
  return entry.guards === true
}

const GUARDS: readonly AnnotationEntry[] = ANNOTATION_ENTRIES.filter(({guards}) => guards)

/** The setting that the key most likely means. */
function misspeltGuard(
  key: string,
  guards: readonly AnnotationEntry[],
  portNames: readonly string[],
): AnnotationEntry | undefined {
  const [whole, name] = [withoutPort(key), nameOf(withoutPort(key))]
  const similar = guards.filter((guard) => nearest(name, [nameOf(guard.key)]) !== undefined)
  if (similar.length === 0) return undefined
  const {nearest: correct} = nearestKey(whole, portNames)
  return similar.find((guard) => guard.key === correct)
}

/** The part behind the slash. */
function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}

/** Without `.PORT-NAME`. */
function withoutPort(key: string): string {
  const dot = key.indexOf('.', key.indexOf('/') + 1)
  return dot === -1 ? key : key.slice(0, dot)
}

/** Compares domain and name separately: with the long domain, all keys would be similar to each other. */
function nearestKey(key: string, portNames: readonly string[]): {nearest?: string; certain?: boolean} {
  const [domain = '', name = ''] = key.split('/')
  const nearDomain = nearest(domain, DOMAINS)
  if (nearDomain === PORT_DOMAIN)
    return {nearest: `${PORT_DOMAIN}/${name}`, certain: portNames.includes(name)}
  const {setting, port} = splitName(name)
  const names = PARTS.filter((part) => part.domain === nearDomain && (part.perPort || port === '')).map(
    (part) => part.name,
  )
  const nearName = nearest(setting, names)
  if (nearName === undefined) return {}
  return {nearest: `${nearDomain}/${nearName}${port}`, certain: onlyNear(setting, names) !== undefined}
}

/** `SETTING.PORT-NAME` as `SETTING` and `.PORT-NAME`. */
function splitName(name: string): {setting: string; port: string} {
  const dot = name.indexOf('.')
  return dot === -1 ? {setting: name, port: ''} : {setting: name.slice(0, dot), port: name.slice(dot)}
}

const PARTS = ANNOTATION_ENTRIES.map(({key, perPort = false}) => {
  const [domain = '', name = ''] = key.split('/')
  return {domain, name, perPort}
})
const DOMAINS = [...new Set(PARTS.map((part) => part.domain))]
const [PORT_DOMAIN] = ANNOTATIONS.port.key.split('/')
