/** Diagnostics as lines for people and editors: `PATH:LINE:COLUMN: SEVERITY CODE MESSAGE`, with details below. */
import {describeField, describeObject, type Diagnostic, type Location} from '../diagnostics/diagnostic.js'
import type {Severity} from '../diagnostics/rule.js'
import {EXIT} from './report.js'

/** One paragraph for each diagnostic, in the order given, and a line that counts them; empty for none. */
export function diagnosticsText(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return ''
  return [...diagnostics.flatMap(paragraph), summary(diagnostics), ''].join('\n')
}

/** 1 when there is an error among them, else 0. */
export function diagnosticsExitCode(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.some(({severity}) => severity === 'error') ? EXIT.diagnostics : EXIT.fine
}

function paragraph(diagnostic: Diagnostic): string[] {
  const {code, severity, message, object, field, hint, related = []} = diagnostic
  const place = placeOf(diagnostic)
  const about = [
    ...(place === undefined ? [] : [describeObject(object)]),
    ...(field?.length ? [describeField(field)] : []),
  ].join(': ')
  return [
    `${place ?? describeObject(object)}: ${severity} ${code} ${message}`,
    ...(about && object.name !== place ? [`    ${about}`] : []),
    ...(hint ? [`    hint: ${hint}`] : []),
    ...related.map((other) => `    ${placeOf(other) ?? describeObject(other.object)}: ${other.message}`),
  ]
}

/** `PATH:LINE:COLUMN`, or the path alone; undefined for an object that no file holds. */
function placeOf({
  location,
  origin,
}: {
  readonly location?: Location
  readonly origin?: {readonly file: string}
}): string | undefined {
  return location ? `${location.file}:${location.line}:${location.column}` : origin?.file
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const counted = (['error', 'warning', 'info'] satisfies Severity[]).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    if (count === 0) return []
    return [`${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`]
  })
  return counted.join(', ')
}
