/** The result of `lbex check`: all formats are made from this value. */
import type {Diagnostic, Location, ObjectRef, TextEdit} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {EXIT} from '../../report/report.js'

export type CheckResult = {
  /** Sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
  /** What --fix would write, by finding. */
  readonly edits: ReadonlyMap<Diagnostic, TextEdit>
  /** All Services that were read, in input order. */
  readonly services: readonly {readonly ref: ObjectRef; readonly file: string}[]
  /** Number of files that were read. */
  readonly files: number
  /** The lowest severity that fails the check. */
  readonly failOn: Severity
  /** Maximum number of warnings; absent for no limit. */
  readonly maxWarnings?: number
  /** A line of a file that was read, from 1, without its line end. */
  readonly lineOf: (file: string, line: number) => string | undefined
  /** The encoded path from the root of the repository, or an absolute URI outside of it; undefined if it is not a file. */
  readonly uriOf: (file: string) => string | undefined
  readonly version: string
  readonly colour: boolean
}

/** The template that a manifest was built from, if the manifest itself is not a file: its line numbers do not apply there. */
export function templateOf({file, madeFrom}: Location, uriOf: CheckResult['uriOf']): string | undefined {
  return uriOf(file) === undefined ? madeFrom : undefined
}

const RANKS: Record<Severity, number> = {error: 0, warning: 1, info: 2}

/** True for a finding that fails the check by its severity. */
export function fails({severity}: Diagnostic, {failOn}: Pick<CheckResult, 'failOn'>): boolean {
  return RANKS[severity] <= RANKS[failOn]
}

export function checkExitCode(result: Pick<CheckResult, 'diagnostics' | 'failOn' | 'maxWarnings'>): number {
  const {diagnostics, maxWarnings = Infinity} = result
  const failed = diagnostics.some((diagnostic) => fails(diagnostic, result))
  return failed || warningsIn(diagnostics) > maxWarnings ? EXIT.diagnostics : EXIT.fine
}

function warningsIn(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({severity}) => severity === 'warning').length
}

/** Most severe first, otherwise in the given order. */
export function mostSevereFirst(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => RANKS[a.severity] - RANKS[b.severity])
}
