/** Collects the diagnostics of one object, so that whoever finds something says only what and where. */
import type {CodeArguments, DiagnosticCode} from './catalogue.js'
import {diagnose, type Diagnostic, type FieldPath, type Related, type Subject} from './diagnostic.js'

type Finding<C extends DiagnosticCode> = {
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  /** A function for arguments that cost more than a finding that is only counted is worth. */
  readonly args: CodeArguments<C> | (() => CodeArguments<C>)
  readonly related?: readonly Related[]
}

export type Report = <C extends DiagnosticCode>(code: C, finding: Finding<C>) => void

/** Findings of one code that are listed for one object. The others are counted: an object may hold tens of thousands. */
export const MOST_LISTED = 50

/** A Report about `subject` that appends to `found`; what two families of one port have in common is said once. */
export function reporter(subject: Subject, found: Diagnostic[]): Report {
  const listings = new Map<DiagnosticCode, Listing>()
  return (code, finding) => {
    let listing = listings.get(code)
    if (!listing) listings.set(code, (listing = new Listing(code, subject, found)))
    const field = JSON.stringify(finding.field ?? [])
    if (listing.isFull && !listing.lists(field)) return listing.count(field)
    const {args} = finding
    const details = {...finding, args: typeof args === 'function' ? (args as () => typeof args)() : args}
    listing.add(field, diagnose(code, {subject, ...details} as Parameters<typeof diagnose>[1]))
  }
}

/** The findings of one code in one object. */
class Listing {
  /** By field and message. */
  private readonly listed = new Map<string, Set<string>>()
  private readonly counted = new Set<string>()
  private length = 0
  /** Where in `found` the number of the others stands. */
  private place: number | undefined

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
    this.place ??= this.found.push(diagnostic) - 1
    this.found[this.place] = diagnostic
  }
}
