/**
 * A diagnostic is trouble with the user's objects, as a value: it is collected and returned, never thrown.
 * Failures (the environment) are in failure.ts; everything else that goes wrong is a bug.
 */
import {CATALOGUE, type CodeArguments, type DiagnosticCode} from './catalogue.js'
import {oneLine} from './escape.js'
import type {Fix, Severity} from './rule.js'

/** Names a Kubernetes object, or the file that should have held one (`kind: 'File'`, `name` is its path). */
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
  /** The file that this text was made from, where the text says so: Helm names its template. */
  readonly madeFrom?: string
}

/** A text that is to stand in the place of another one. */
export type TextEdit = {readonly location: Location; readonly text: string}

/** Where an object stands in what was read; only the source that made it understands `document`. */
export type Origin = {
  readonly file: string
  readonly document: number
  /** Path of the object inside its document: empty, or `['items', 3]` for a member of a List. */
  readonly path: FieldPath
}

/** A place that explains the finding, such as the Service that won a conflict. */
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
  /** `key` when the finding is about the field's name, `value` (default) when it is about what it holds. */
  readonly on?: 'key' | 'value'
  readonly origin?: Origin
  readonly location?: Location
  readonly hint?: string
  readonly fix?: Fix
  readonly related?: readonly Related[]
}

/** What a finding is about: an object of the snapshot (with its origin), or a bare reference. */
export type Subject = {readonly ref: ObjectRef; readonly origin?: Origin}

export type DiagnosticDetails<C extends DiagnosticCode> = {
  readonly subject: Subject
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  readonly location?: Location
  readonly args: CodeArguments<C>
  readonly related?: readonly Related[]
}

/** Makes the diagnostic of `code`: severity, sentence and hint come from the catalogue, the rest from the caller. */
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

/** `metadata.annotations["loadbalancer.lbex/port"]`, `spec.ports[0].nodePort`: the spelling of Kubernetes' own errors. */
export function describeField(field: FieldPath): string {
  return field.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

const SEVERITY_RANK: Record<Severity, number> = {error: 0, warning: 1, info: 2}

/** The one order in which diagnostics are shown: by place, then object, severity, code and message. Returns a new array. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  // There may be thousands, on every turn of a daemon: what all comparisons need is put into words once.
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

/** Code-unit order: the same on every host, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
