/** The triggers of changes that are not served yet: a failed reconcile leaves them to the next successful one. */
import type {Trigger} from '../sources/snapshot-source.js'

export class PendingTriggers {
  private pending: readonly Trigger[] = []

  /** Returns all pending triggers and `latest`. Of the pending ones, only the first of each Service is kept, so that they stay few. */
  add(latest: readonly Trigger[]): readonly Trigger[] {
    const first = new Map<string, Trigger>()
    for (const trigger of this.pending) {
      const {namespace = '', name} = trigger.service
      const id = `${namespace}/${name}`
      if (trigger.at < (first.get(id)?.at ?? Infinity)) first.set(id, trigger)
    }
    this.pending = [...first.values(), ...latest]
    return this.pending
  }

  /** All of them are served now. */
  clear(): void {
    this.pending = []
  }
}
