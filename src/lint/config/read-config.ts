/** Parses `.lbex.yaml`, the configuration of `lbex check` in a repository. Errors in it are diagnostics with a location. */
import {CATALOGUE, CODES, isCode, type DiagnosticCode} from '../../diagnostics/catalogue.js'
import {diagnose, type Diagnostic, type Subject} from '../../diagnostics/diagnostic.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Severity} from '../../diagnostics/rule.js'
import {Field} from '../../sources/manifests/fields.js'
import {parseAny} from '../../sources/manifests/parse-document.js'
import {PlacedDocument} from '../../sources/manifests/placed-document.js'

export type ConfiguredRules = {
  readonly disable: readonly DiagnosticCode[]
  readonly severity: ReadonlyMap<DiagnosticCode, Severity>
}

export type CheckConfig = ConfiguredRules & {
  readonly failOn?: Severity
  readonly maxWarnings?: number
  /** Patterns of files to skip. */
  readonly exclude: readonly string[]
  readonly overrides: readonly (ConfiguredRules & {readonly paths: readonly string[]})[]
}

export type ConfigReading = {readonly config: CheckConfig; readonly diagnostics: readonly Diagnostic[]}

export const NO_CONFIG: CheckConfig = {disable: [], severity: new Map(), exclude: [], overrides: []}

const SEVERITIES = ['error', 'warning', 'info'] as const
const RULE_KEYS = ['disable', 'severity']
const KEYS = ['fail-on', 'max-warnings', 'exclude', ...RULE_KEYS, 'overrides']
const OVERRIDE_KEYS = ['paths', ...RULE_KEYS]

/** `file` is its name in diagnostics. Invalid settings are reported and skipped. */
export function readConfig(file: string, text: string): ConfigReading {
  const document = new PlacedDocument(file, {text, line: 1, column: 1})
  const subject = {ref: {kind: 'File', name: file}}
  const parsed = parseAny(text)
  if ('problem' in parsed) {
    const location = document.locate(parsed.range)
    return {config: NO_CONFIG, diagnostics: [diagnose('yaml-syntax', {subject, location, args: parsed})]}
  }
  const diagnostics: Diagnostic[] = parsed.duplicates.map(({path, last}) =>
    problem(
      subject,
      document.locate(last),
      `the key ${JSON.stringify(path.at(-1))} is duplicated in this mapping`,
    ),
  )
  const report = configReport(subject, document, diagnostics)
  const sourceOf = (field: readonly (string | number)[]): string => document.positions.sourceOf(field)
  const config = readRoot(new Field(parsed.value, [], {report, sourceOf}), report)
  return {config, diagnostics}
}

function problem(subject: Subject, location: Diagnostic['location'], text: string): Diagnostic {
  return diagnose('config-invalid', {subject, ...(location && {location}), args: {problem: text}})
}

/** The words of the readers of manifests, as findings about a configuration. */
function configReport(subject: Subject, document: PlacedDocument, found: Diagnostic[]): ReportDiagnostic {
  return (code, {field = [], on, args}) => {
    const {message} = CATALOGUE[code] as {readonly message: (args: unknown) => string}
    const location = document.locateField(field, on)
    const guess = (args as {readonly nearest?: string}).nearest
    const details = {problem: message(args), ...(guess !== undefined && {nearest: guess})}
    found.push(diagnose('config-invalid', {subject, field, location, args: details}))
  }
}

function readRoot(root: Field, report: ReportDiagnostic): CheckConfig {
  refuseUnknownKeys(root, KEYS, report)
  const failOn = root.get('fail-on').oneOf(SEVERITIES)
  const maxWarnings = root.get('max-warnings').integer({from: 0, to: Number.MAX_SAFE_INTEGER})
  return {
    ...readRules(root, report),
    ...(isSeverity(failOn) && {failOn}),
    ...(maxWarnings !== undefined && {maxWarnings}),
    exclude: patterns(root.get('exclude')),
    overrides: root
      .get('overrides')
      .items()
      .map((item) => readOverride(item.mapping(), report)),
  }
}

function readOverride(item: Field, report: ReportDiagnostic): CheckConfig['overrides'][number] {
  refuseUnknownKeys(item, OVERRIDE_KEYS, report)
  if (item.get('paths').isAbsent) item.get('paths').missing()
  return {...readRules(item, report), paths: patterns(item.get('paths'))}
}

/** A long pattern costs time for each file that is checked. */
const LONGEST_PATTERN = 1000

function patterns(field: Field): string[] {
  return field.items().flatMap((item) => {
    const text = item.string() ?? ''
    if (text.length > LONGEST_PATTERN)
      item.invalid(`must be no more than ${LONGEST_PATTERN} characters, this has ${text.length}`)
    return text === '' || text.length > LONGEST_PATTERN ? [] : [text]
  })
}

function readRules(parent: Field, report: ReportDiagnostic): ConfiguredRules {
  const disable = parent
    .get('disable')
    .items()
    .flatMap((item) => readCode(item, item.string() ?? '', 'value', report) ?? [])
  const severity = parent
    .get('severity')
    .entries()
    .flatMap(([key, value]) => {
      const code = readCode(value, key, 'key', report)
      const wanted = value.oneOf(SEVERITIES)
      return code && isSeverity(wanted) ? [[code, wanted] as const] : []
    })
  return {disable, severity: new Map(severity)}
}

function readCode(
  field: Field,
  text: string,
  on: 'key' | 'value',
  report: ReportDiagnostic,
): DiagnosticCode | undefined {
  if (isCode(text)) return text
  const args = {problem: `unknown code ${JSON.stringify(text)}`, nearest: nearest(text, CODES)}
  report('config-invalid', {field: field.path, on, args})
  return undefined
}

function isSeverity(text: string | undefined): text is Severity {
  return SEVERITIES.some((severity) => severity === text)
}

function refuseUnknownKeys(parent: Field, known: readonly string[], report: ReportDiagnostic): void {
  for (const [key, {path}] of parent.entries()) {
    if (known.includes(key)) continue
    const args = {problem: `unknown setting ${JSON.stringify(key)}`, nearest: nearest(key, known)}
    report('config-invalid', {field: path, on: 'key', args})
  }
}
