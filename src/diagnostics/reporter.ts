/** Collects the diagnostics of one object, so that whoever finds something says only what and where. */
import {isDeepStrictEqual} from 'node:util'
import type {CodeArguments, DiagnosticCode} from './catalogue.js'
import {diagnose, type Diagnostic, type FieldPath, type Related, type Subject} from './diagnostic.js'

type Finding<C extends DiagnosticCode> = {
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  readonly args: CodeArguments<C>
  readonly related?: readonly Related[]
}

export type Report = <C extends DiagnosticCode>(code: C, finding: Finding<C>) => void

/** A Report about `subject` that appends to `found`; what two families of one port have in common is said once. */
export function reporter(subject: Subject, found: Diagnostic[]): Report {
  return (code, finding) => {
    const diagnostic = diagnose(code, {subject, ...finding})
    if (!found.some((other) => saysTheSame(other, diagnostic))) found.push(diagnostic)
  }
}

function saysTheSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message && isDeepStrictEqual(a.field, b.field)
}
