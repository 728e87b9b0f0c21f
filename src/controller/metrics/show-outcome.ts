/** The result of the last good reconcile, as gauges. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import type {Outcome} from '../reconcile.js'
import type {Instruments} from './instruments.js'
import {countRejected, servedIds, servedPart} from './outcome-view.js'
import {allUpstreams, ownedListeners} from '../../core/model/owned-listeners.js'

export function showServices({services, listeners, upstreamServers}: Instruments, outcome: Outcome): void {
  const served = servedPart(outcome)
  services.set({state: 'served'}, servedIds(outcome).size)
  services.set({state: 'rejected'}, countRejected(outcome))
  services.set({state: 'quarantined'}, outcome.applied.quarantined.length)
  const keys = ownedListeners(served).map(({listener}) => listener.key)
  for (const protocol of ['TCP', 'UDP']) {
    listeners.set({protocol}, keys.filter((key) => key.protocol === protocol).length)
  }
  const servers = allUpstreams(served).flatMap((upstream) => upstream.servers)
  upstreamServers.set(servers.filter(({down}) => !down).length)
}

/** A code has one severity. Those that are gone are gone from here. */
export function showDiagnostics({diagnostics}: Instruments, found: readonly Diagnostic[]): void {
  diagnostics.reset()
  const counts = new Map<string, {severity: Severity; count: number}>()
  for (const {code, severity} of found) {
    counts.set(code, {severity, count: (counts.get(code)?.count ?? 0) + 1})
  }
  for (const [code, {severity, count}] of counts) diagnostics.set({code, severity}, count)
}
