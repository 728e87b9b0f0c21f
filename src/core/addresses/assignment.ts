/** The addresses that a Service has from its pool, and why it has no others. */
import type {CodeArguments, DiagnosticCode} from '../../diagnostics/catalogue.js'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {IpFamily} from '../cluster/objects.js'

type PoolCode = Extract<
  DiagnosticCode,
  | 'address-pool-exhausted'
  | 'address-outside-pool'
  | 'address-unusable'
  | 'address-taken'
  | 'address-duplicate'
  | 'address-pending'
>

type ProblemOf<C extends PoolCode> = {
  readonly code: C
  readonly field?: FieldPath
  readonly args: CodeArguments<C>
}

/** A diagnostic as a value, so that equal assignments can be found. */
export type PoolProblem = {readonly [C in PoolCode]: ProblemOf<C>}[PoolCode]

export type Assignment = {
  /** The name of the pool that the Service requests. */
  readonly pool: string
  /** At most one address of each family, in the form of parseIp. */
  readonly addresses: Readonly<Record<IpFamily, readonly string[]>>
  /** Addresses in the status that are no longer in a pool: nothing listens there, and the status keeps them until this is fixed. */
  readonly kept: readonly string[]
  /** The addresses in the status when this was decided: if another lbex has written others since, it must be decided again. */
  readonly basis: readonly string[]
  readonly problems: readonly PoolProblem[]
}

/** The addresses for the status: those that lbex listens on, and those that it keeps. */
export function publishedAddressesOf({addresses, kept}: Assignment): readonly string[] {
  return [...addresses.IPv4, ...addresses.IPv6, ...kept]
}

export function reportAssignment({problems}: Assignment, report: ReportDiagnostic): void {
  for (const problem of problems) reportProblem(problem, report)
}

function reportProblem<C extends PoolCode>(problem: ProblemOf<C>, report: ReportDiagnostic): void {
  const {code, field, args} = problem
  report(code, {args, ...(field && {field})})
}
