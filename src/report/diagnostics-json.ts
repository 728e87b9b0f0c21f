/** Diagnostics as JSON values, without the fields that only lbex uses. */
import {describeField, type Diagnostic, type Location, type ObjectRef} from '../diagnostics/diagnostic.js'
import type {Severity} from '../diagnostics/rule.js'

type RelatedJson = {
  readonly message: string
  readonly object: ObjectRef
  readonly field?: string
  readonly location?: Location
}

export type DiagnosticJson = RelatedJson & {
  readonly code: string
  readonly severity: Severity
  readonly hint?: string
  readonly related: readonly RelatedJson[]
}

export function diagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const {code, severity, message, object, hint, related = []} = diagnostic
  return {
    code,
    severity,
    message,
    object,
    ...place(diagnostic),
    ...(hint && {hint}),
    related: related.map((other) => ({message: other.message, object: other.object, ...place(other)})),
  }
}

function place({field, location}: Pick<Diagnostic, 'field' | 'location'>): {
  field?: string
  location?: Location
} {
  return {...(field && {field: describeField(field)}), ...(location && {location})}
}
