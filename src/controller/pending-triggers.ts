/** What set off the changes that are not served yet: a failed reconcile leaves them to the next good one. */
import type {Trigger} from '../sources/snapshot-source.js'

export class WaitingTriggers {
  private waiting: readonly Trigger[] = []

  /** All that wait, with the latest; of those that have waited already the first of each Service, so that they stay few. */
  add(latest: readonly Trigger[]): readonly Trigger[] {
    const first = new Map<string, Trigger>()
    for (const trigger of this.waiting) {
      const {namespace = '', name} = trigger.service
      const id = `${namespace}/${name}`
      if (trigger.at < (first.get(id)?.at ?? Infinity)) first.set(id, trigger)
    }
    this.waiting = [...first.values(), ...latest]
    return this.waiting
  }

  /** They are served now. */
  clear(): void {
    this.waiting = []
  }
}
