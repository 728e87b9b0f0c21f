/**
 * Warns once if a Service without an address of a pool listens on all addresses of the host, and so takes its ports on the addresses
 * of the pools as well.
 */
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import {isWildcard, listenerId} from '../../core/model/listener-key.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import type {Logger} from '../../util/logger.js'

export class WildcardNote {
  private isDone = false

  constructor(private readonly log: Logger) {}

  /** Call this after each reconcile with pools. */
  note({translation}: Pick<ReconcileOutcome, 'translation'>): void {
    if (this.isDone) return
    for (const {intent, assignment, requested} of translation.services) {
      const request = assignment ? undefined : requested.find(({key}) => isWildcard(key.address))
      if (!request) continue
      this.isDone = true
      const args = {service: describeObject(intent.service.ref), listener: listenerId(request.key)}
      this.log.warn('a Service without an address of a pool takes its ports on all addresses of the pools', {
        ...args,
        hint: 'start lbex with --listen-address and the addresses of this host, so that Services with an address of a pool can use these ports',
      })
      return
    }
  }
}
