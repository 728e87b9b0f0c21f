/** Diagnostics as text that editors can parse: `PATH:LINE:COLUMN: SEVERITY CODE MESSAGE`, with details below. */
import {
  describeField,
  describeObject,
  type Diagnostic,
  type FieldPath,
  type Location,
  type Related,
} from '../diagnostics/diagnostic.js'
import {oneLine} from '../diagnostics/escape.js'
import type {Severity} from '../diagnostics/rule.js'
import {EXIT} from './report.js'

/** How paragraphs are formatted: with lines of the source file, and in colour. */
export type TextStyle = {
  readonly frame: (location: Location) => readonly string[]
  readonly paint: (part: TextPart, text: string) => string
}

export type TextPart = Severity | 'place' | 'code' | 'detail'

/** A diagnostic, also one that was read from JSON, which has the field as text. */
export type ShownDiagnostic = Pick<
  Diagnostic,
  'severity' | 'message' | 'object' | 'location' | 'origin' | 'hint'
> & {
  readonly code: string
  readonly field?: FieldPath | string
  readonly related?: readonly Pick<Related, 'message' | 'object' | 'location' | 'origin'>[]
}

const PLAIN: TextStyle = {frame: () => [], paint: (_, text) => text}

/** One paragraph for each diagnostic, in the given order, and a line with their number; empty if there are none. */
export function diagnosticsText(diagnostics: readonly ShownDiagnostic[]): string {
  if (diagnostics.length === 0) return ''
  return [...paragraphs(diagnostics), countText(diagnostics), ''].join('\n')
}

/** The lines of the paragraphs. */
export function paragraphs(diagnostics: readonly ShownDiagnostic[], style = PLAIN): string[] {
  return diagnostics.flatMap((diagnostic) => paragraph(diagnostic, style))
}

/** 1 if one of them is an error, otherwise 0. */
export function diagnosticsExitCode(diagnostics: readonly Pick<Diagnostic, 'severity'>[]): number {
  return diagnostics.some(({severity}) => severity === 'error') ? EXIT.diagnostics : EXIT.fine
}

function paragraph(diagnostic: ShownDiagnostic, {frame, paint}: TextStyle): string[] {
  const {code, severity, message, object, field, location} = diagnostic
  const place = placeOf(diagnostic)
  const about = [
    ...(place === undefined ? [] : [describeObject(object)]),
    ...(field?.length ? [typeof field === 'string' ? field : describeField(field)] : []),
  ].join(': ')
  return [
    `${paint('place', `${place ?? describeObject(object)}:`)} ${paint(severity, severity)} ${paint('code', code)} ${message}`,
    ...(about && object.name !== place ? [`    ${about}`] : []),
    ...(location ? frame(location).map((line) => paint('detail', line)) : []),
    ...detailsOf(diagnostic).map((line) => `    ${line}`),
  ]
}

/** One line each for the template, the hint and related objects. */
export function detailsOf({location, hint, related = []}: ShownDiagnostic): string[] {
  return [
    ...(location?.madeFrom ? [`made from ${oneLine(location.madeFrom)}`] : []),
    ...(hint ? [`hint: ${hint}`] : []),
    ...related.map((other) => `${placeOf(other) ?? describeObject(other.object)}: ${other.message}`),
  ]
}

/** `PATH:LINE:COLUMN`, or the path alone; undefined for an object that is not from a file. */
export function placeOf({
  location,
  origin,
}: {
  readonly location?: Location
  readonly origin?: {readonly file: string}
}): string | undefined {
  if (location) return `${oneLine(location.file)}:${location.line}:${location.column}`
  return origin && oneLine(origin.file)
}

/** `2 errors, 1 warning`; empty if there are none. */
export function countText(diagnostics: readonly Pick<Diagnostic, 'severity'>[]): string {
  const counted = (['error', 'warning', 'info'] satisfies Severity[]).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    if (count === 0) return []
    return [`${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`]
  })
  return counted.join(', ')
}
