/** Reports annotations that are most likely for lbex, but that lbex does not know. */
import {nearest, onlyNear} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from './annotations.js'
import {guesses} from './ports.js'
import {isAboutLbex} from './select.js'
import {parsePortSettingKey, portNamesOf} from './setting-keys.js'
import type {AllowedClients} from './source-ranges.js'
import {annotationField} from './values.js'

const KEYS = ANNOTATION_ENTRIES.map((entry) => entry.key)

/** True if one of them is most likely a restriction, and no other restriction applies: it must not be ignored. */
export function reportUnknownAnnotations(
  service: Service,
  clients: AllowedClients | undefined,
  report: ReportDiagnostic,
): boolean {
  const portNames = portNamesOf(service)
  let isRestricted = false
  for (const key of Object.keys(service.annotations)) {
    if (KEYS.includes(key) || key.startsWith(ANNOTATIONS.port.key) || !isAboutLbex(key)) continue
    if (parsePortSettingKey(key)) {
      reportUnknownPort(key, portNames, report)
      continue
    }
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

function reportUnknownPort(key: string, known: readonly string[], report: ReportDiagnostic): void {
  const {entry, portName: name = ''} = parsePortSettingKey(key) ?? {}
  if (!entry || known.includes(name)) return
  report('setting-port-unknown', {
    field: annotationField(key),
    on: 'key',
    args: () => ({setting: entry.key, name, known, ...guesses(name, known)}),
  })
}

function isMisspeltRestriction(key: string, portNames: readonly string[]): boolean {
  const {key: correct} = ANNOTATIONS.sourceRanges
  const [name, correctName] = [withoutPort(key), correct].map((text) => text.slice(text.indexOf('/') + 1))
  const isSimilar =
    name !== undefined && correctName !== undefined && nearest(name, [correctName]) !== undefined
  return isSimilar && nearestKey(withoutPort(key), portNames).nearest === correct
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
