/** The results that docs/benchmarks.md shows, as bench/record.ts writes them to bench/results/compare.json. */
import type {ChangesResult} from '../../bench/compare/changes.js'
import type {ConnectionsResult} from '../../bench/compare/connections.js'
import type {FailuresResult} from '../../bench/compare/failures.js'
import type {ReloadsResult} from '../../bench/compare/reloads.js'
import type {TransferResult} from '../../bench/compare/transfer.js'

export type CompareResults = {
  readonly date: string
  readonly machine: Readonly<Record<string, string | number>>
  readonly connections: readonly ConnectionsResult[]
  readonly transfer: readonly TransferResult[]
  readonly changes: readonly ChangesResult[]
  readonly reloads: readonly ReloadsResult[]
  readonly failures: readonly FailuresResult[]
}
