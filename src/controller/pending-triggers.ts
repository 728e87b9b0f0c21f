/** The triggers of changes that are not served yet: a failed reconcile leaves them to the next successful one. */
import {describeObject, type ObjectRef} from '../diagnostics/diagnostic.js'
import type {Trigger} from '../sources/snapshot-source.js'

export class PendingTriggers {
  private pending: readonly Trigger[] = []

  /** Returns all pending triggers and `latest`. Of the pending ones, only the first of each Service is kept, so that they stay few. */
  add(latest: readonly Trigger[]): readonly Trigger[] {
    const first = new Map<string, Trigger>()
    for (const trigger of this.pending) {
      const id = describeObject(trigger.service)
      if (trigger.at < (first.get(id)?.at ?? Infinity)) first.set(id, trigger)
    }
    this.pending = [...first.values(), ...latest]
    return this.pending
  }

  /** All of them are served now, except for those of `services`. Returns these. */
  keepOf(services: readonly ObjectRef[]): readonly Trigger[] {
    const names = new Set(services.map(describeObject))
    this.pending = this.pending.filter(({service}) => names.has(describeObject(service)))
    return this.pending
  }
}
