/** Collects the diagnostics of one object, so that the caller passes only the code, the field and the arguments. */
import type {CodeArguments, DiagnosticCode} from './catalogue.js'
import {diagnose, type Diagnostic, type FieldPath, type Related, type Subject} from './diagnostic.js'

type DiagnosticInput<C extends DiagnosticCode> = {
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  /** A function if the arguments are costly to build: it is not called for a diagnostic that is only counted. */
  readonly args: CodeArguments<C> | (() => CodeArguments<C>)
  readonly related?: readonly Related[]
}

export type ReportDiagnostic = <C extends DiagnosticCode>(code: C, input: DiagnosticInput<C>) => void

/** How many diagnostics of one code are listed for one object. The others are counted: an object may have tens of thousands. */
export const MOST_LISTED = 50

/** Returns a function that adds diagnostics about `subject` to `found`. An equal diagnostic (for the other family) is skipped. */
export function reporter(subject: Subject, found: Diagnostic[]): ReportDiagnostic {
  const lists = new Map<DiagnosticCode, DiagnosticList>()
  return (code, input) => {
    let list = lists.get(code)
    if (!list) lists.set(code, (list = new DiagnosticList(code, subject, found)))
    const field = JSON.stringify(input.field ?? [])
    if (list.isFull && !list.lists(field)) return list.count(field)
    const {args} = input
    const details = {...input, args: typeof args === 'function' ? (args as () => typeof args)() : args}
    list.add(field, diagnose(code, {subject, ...details} as Parameters<typeof diagnose>[1]))
  }
}

/** The diagnostics of one code about one object. */
class DiagnosticList {
  /** By field and message. */
  private readonly listed = new Map<string, Set<string>>()
  private readonly counted = new Set<string>()
  private length = 0
  /** Index in `found` of the diagnostic that counts the others. */
  private countIndex: number | undefined

  constructor(
    private readonly code: DiagnosticCode,
    private readonly subject: Subject,
    private readonly found: Diagnostic[],
  ) {}

  get isFull(): boolean {
    return this.length >= MOST_LISTED
  }

  lists(field: string): boolean {
    return this.listed.has(field)
  }

  add(field: string, diagnostic: Diagnostic): void {
    const messages = this.listed.get(field) ?? new Set()
    if (messages.has(diagnostic.message)) return
    if (this.isFull) return this.count(`${field} ${diagnostic.message}`)
    this.listed.set(field, messages.add(diagnostic.message))
    this.length += 1
    this.found.push(diagnostic)
  }

  count(what: string): void {
    this.counted.add(what)
    const args = {code: this.code, count: this.counted.size, listed: MOST_LISTED}
    const diagnostic = diagnose('findings-not-listed', {subject: this.subject, args})
    this.countIndex ??= this.found.push(diagnostic) - 1
    this.found[this.countIndex] = diagnostic
  }
}
