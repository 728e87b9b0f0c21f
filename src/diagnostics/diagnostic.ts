/**
 * A diagnostic is a problem with the user's objects. It is a value that is collected and returned, never thrown.
 * For problems with the environment, see failure.ts; any other error is a bug.
 */
import {CATALOGUE, type CodeArguments, type DiagnosticCode} from './catalogue.js'
import {oneLine} from './escape.js'
import type {Fix, Severity} from './rule.js'

/** A Kubernetes object, or a file that contains no readable one (`kind: 'File'`, and `name` is its path). */
export type ObjectRef = {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** Keys and list indexes from the object's root, e.g. `['metadata', 'annotations', 'loadbalancer.lbex/algorithm']`. */
export type FieldPath = readonly (string | number)[]

/** A range in a file; lines and columns count from 1, the end is exclusive. */
export type Location = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** The file that this text was generated from, if the text names it, as the output of helm template does. */
  readonly madeFrom?: string
}

/** Replaces the text at `location` with `text`. */
export type TextEdit = {readonly location: Location; readonly text: string}

/** The position of an object in the input. Only the source that read the object can interpret `document`. */
export type Origin = {
  readonly file: string
  readonly document: number
  /** Path of the object inside its document: empty, or `['items', 3]` for a member of a List. */
  readonly path: FieldPath
}

/** A place that explains the diagnostic, such as the Service that got a listener in a conflict. */
export type Related = {
  readonly message: string
  readonly object: ObjectRef
  readonly field?: FieldPath
  readonly origin?: Origin
  readonly location?: Location
}

export type Diagnostic = {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly object: ObjectRef
  readonly field?: FieldPath
  /** `key` if the diagnostic is about the name of the field, `value` (default) if it is about its value. */
  readonly on?: 'key' | 'value'
  readonly origin?: Origin
  readonly location?: Location
  readonly hint?: string
  readonly fix?: Fix
  readonly related?: readonly Related[]
}

/** What a diagnostic is about: an object of the snapshot (with its origin), or only a reference. */
export type Subject = {readonly ref: ObjectRef; readonly origin?: Origin}

export type DiagnosticDetails<C extends DiagnosticCode> = {
  readonly subject: Subject
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  readonly location?: Location
  readonly args: CodeArguments<C>
  readonly related?: readonly Related[]
}

/** Creates a diagnostic. Severity, message and hint come from the catalogue, everything else from the caller. */
export function diagnose<C extends DiagnosticCode>(code: C, details: DiagnosticDetails<C>): Diagnostic {
  const rule = CATALOGUE[code] as unknown as {
    severity: Severity
    message: (args: CodeArguments<C>) => string
    hint?: (args: CodeArguments<C>) => string | undefined
    fix?: (args: CodeArguments<C>) => Fix | undefined
  }
  const hint = rule.hint?.(details.args)
  const fix = rule.fix?.(details.args)
  return {
    code,
    severity: rule.severity,
    message: oneLine(rule.message(details.args)),
    object: details.subject.ref,
    ...(details.field && {field: details.field}),
    ...(details.on && {on: details.on}),
    ...(details.subject.origin && {origin: details.subject.origin}),
    ...(details.location && {location: details.location}),
    ...(hint && {hint: oneLine(hint)}),
    ...(fix && {fix}),
    ...(details.related?.length && {related: details.related}),
  }
}

/** `Service kube-system/dns`, or `Node a` for an object without namespace. */
export function describeObject(ref: ObjectRef): string {
  return oneLine(`${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`)
}

/** `metadata.annotations["loadbalancer.lbex/port"]`, `spec.ports[0].nodePort`: the notation of Kubernetes' own errors. */
export function describeField(field: FieldPath): string {
  return field.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

const SEVERITY_RANK: Record<Severity, number> = {error: 0, warning: 1, info: 2}

/** Returns a sorted copy, in the order that all outputs use: by position, then object, severity, code and message. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  // There may be thousands, and each reconcile sorts them: build the text of each object once, not in each comparison.
  const objects = new Map(diagnostics.map((diagnostic) => [diagnostic, describeObject(diagnostic.object)]))
  const objectOf = (diagnostic: Diagnostic): string => objects.get(diagnostic) ?? ''
  return [...diagnostics].sort(
    (a, b) =>
      compare(a.location?.file ?? a.origin?.file ?? '', b.location?.file ?? b.origin?.file ?? '') ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
      compare(objectOf(a), objectOf(b)) ||
      SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
      compare(a.code, b.code) ||
      compare(describeField(a.field ?? []), describeField(b.field ?? [])) ||
      compare(a.message, b.message),
  )
}

/** By code units: the same order on every host, independent of its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
