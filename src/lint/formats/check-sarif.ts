/**
 * `lbex check` as SARIF 2.1.0, which code scanning services read:
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import {contentHash} from '../../core/model/content-hash.js'
import {CATALOGUE, CODES, type DiagnosticCode} from '../../diagnostics/catalogue.js'
import {
  describeField,
  describeObject,
  type Diagnostic,
  type Location,
  type Related,
  type TextEdit,
} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {templateOf, type CheckResult} from './check-result.js'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
}

export function checkSarif(result: CheckResult): string {
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {driver: {name: 'lbex', semanticVersion: result.version, rules: CODES.map(ruleOf)}},
        invocations: [{executionSuccessful: true}],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {SRCROOT: {description: {text: 'The root of the repository.'}}},
        results: result.diagnostics.map((diagnostic) => resultOf(diagnostic, result)),
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

function ruleOf(code: DiagnosticCode): object {
  const {severity, reason} = CATALOGUE[code]
  return {
    id: code,
    name: code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: {text: code.replaceAll('-', ' ')},
    fullDescription: {text: reason},
    help: {text: `${reason}\n\nlbex check --explain ${code} shows examples.`},
    defaultConfiguration: {level: LEVELS[severity]},
  }
}

function resultOf(diagnostic: Diagnostic, result: CheckResult): object {
  const {code, severity, message, hint, location, related = []} = diagnostic
  const edit = result.edits.get(diagnostic)
  return {
    ruleId: code,
    ruleIndex: CODES.indexOf(code),
    level: LEVELS[severity],
    message: {text: hint ? `${message}. Hint: ${hint}` : message},
    locations: [{...physical(location, result), logicalLocations: [logical(diagnostic)]}],
    ...(related.length > 0 && {
      relatedLocations: related.map((other, index) => relatedOf(other, index, result)),
    }),
    partialFingerprints: {'lbexFinding/v1': fingerprint(diagnostic, result)},
    ...(edit && fixesOf(edit, result)),
    ...(location?.madeFrom && {properties: {madeFrom: location.madeFrom}}),
  }
}

function physical(location: Location | undefined, {uriOf}: CheckResult): object {
  if (!location) return {}
  const template = templateOf(location, uriOf)
  const artifactLocation = artifact(template ?? location.file, uriOf)
  if (!artifactLocation) return {}
  return {
    physicalLocation: {artifactLocation, region: template === undefined ? region(location) : {startLine: 1}},
  }
}

/** Relative to the root of the repository if the file is below it; undefined if it is not a file. */
function artifact(file: string, uriOf: CheckResult['uriOf']): object | undefined {
  const uri = uriOf(file)
  if (uri === undefined) return undefined
  return uri.startsWith('file:') ? {uri} : {uri, uriBaseId: 'SRCROOT'}
}

function region({line, column, endLine, endColumn}: Location): object {
  return {startLine: line, startColumn: column, endLine, endColumn}
}

function logical({object, field}: Pick<Diagnostic, 'object' | 'field'>): object {
  const name = describeObject(object)
  return {fullyQualifiedName: field?.length ? `${name}: ${describeField(field)}` : name}
}

function relatedOf(other: Related, id: number, result: CheckResult): object {
  return {
    id,
    message: {text: other.message},
    ...physical(other.location, result),
    logicalLocations: [logical(other)],
  }
}

/** Does not change if the finding moves to another line. */
function fingerprint(
  {code, object, field = [], message, location}: Diagnostic,
  {uriOf}: CheckResult,
): string {
  const uri = (location && uriOf(location.file)) ?? ''
  return contentHash([code, uri, describeObject(object), describeField(field), message].join('\0'))
}

function fixesOf({location, text}: TextEdit, {uriOf}: CheckResult): object {
  const artifactLocation = artifact(location.file, uriOf)
  if (!artifactLocation) return {}
  const replacements = [{deletedRegion: region(location), insertedContent: {text}}]
  return {
    fixes: [{description: {text: `Write ${text}`}, artifactChanges: [{artifactLocation, replacements}]}],
  }
}
