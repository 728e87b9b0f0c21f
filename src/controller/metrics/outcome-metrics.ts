/** Metrics of reconciles: their results, and the Services, listeners and diagnostics of the last successful one. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {allUpstreams, ownedListeners} from '../../core/model/owned-listeners.js'
import {filesOfListener} from '../../core/model/route-tls.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {FinishedReconcile} from '../loop.js'
import {ReadFailure, type ReconcileOutcome} from '../reconcile.js'
import {countRejected, servedIds, servedPart, serviceId} from '../served-part.js'
import type {Instruments} from './catalogue.js'
import type {ReconcileResult} from './label-values.js'

/** `now`: milliseconds since the epoch. */
export function countReconcile(instruments: Instruments, finished: FinishedReconcile, now: number): void {
  const {reconciles, reconcileDuration, lastApplyTime} = instruments
  const result = resultOf(finished)
  reconciles.inc({result})
  if (result !== 'read_failed') reconcileDuration.observe({result}, finished.duration / 1000)
  if (!('outcome' in finished)) return
  lastApplyTime.set(now / 1000)
  observeLatencies(instruments, finished.outcome, now)
}

function resultOf(finished: FinishedReconcile): ReconcileResult {
  if ('outcome' in finished) return finished.outcome.applied.changed ? 'applied' : 'unchanged'
  return finished.failure instanceof ReadFailure ? 'read_failed' : 'failed'
}

/**
 * Only of Services that lbex serves. The clock of the cluster may be ahead of the host's clock. `now`: milliseconds since the
 * epoch.
 */
export function observeLatencies(
  {programmingLatency}: Instruments,
  outcome: ReconcileOutcome,
  now: number,
): void {
  if (outcome.triggers.length === 0) return
  const served = servedIds(outcome)
  for (const {service, at} of outcome.triggers) {
    if (served.has(serviceId(service))) programmingLatency.observe(Math.max(0, now - at) / 1000)
  }
}

export function setServiceGauges(
  {services, listeners, upstreamServers, unhealthyServers, certificateExpiry}: Instruments,
  outcome: ReconcileOutcome,
): void {
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
  setUnhealthyServers(unhealthyServers, served)
  setCertificateExpiry(certificateExpiry, served)
}

/** If a Secret has a certificate and authorities, what expires first counts. */
function setCertificateExpiry(gauge: Instruments['certificateExpiry'], served: LoadBalancer): void {
  const times = new Map<string, {labels: {namespace: string; secret: string}; at: number}>()
  for (const {secret, credential} of ownedListeners(served).flatMap(({listener}) =>
    filesOfListener(listener),
  )) {
    if (!credential) continue
    const labels = {namespace: secret.namespace, secret: secret.name}
    const earlier = times.get(serviceId(secret))?.at ?? Infinity
    times.set(serviceId(secret), {labels, at: Math.min(earlier, credential.notAfter)})
  }
  gauge.reset()
  for (const {labels, at} of times.values()) gauge.set(labels, at / 1000)
}

/** Of Services with such servers only. A placeholder is down too, but is not served. */
function setUnhealthyServers(gauge: Instruments['unhealthyServers'], {services}: LoadBalancer): void {
  gauge.reset()
  for (const {ref, upstreams} of services) {
    const count = upstreams.flatMap(({servers}) => servers).filter(({down}) => down).length
    if (count > 0) gauge.set({namespace: ref.namespace, service: ref.name}, count)
  }
}

/** Removes the series of codes that have no diagnostic any more. */
export function setDiagnosticGauges(
  {diagnostics: gauge}: Instruments,
  diagnostics: readonly Diagnostic[],
): void {
  gauge.reset()
  const counts = new Map<string, {severity: Severity; count: number}>()
  for (const {code, severity} of diagnostics) {
    counts.set(code, {severity, count: (counts.get(code)?.count ?? 0) + 1})
  }
  for (const [code, {severity, count}] of counts) gauge.set({code, severity}, count)
}
