/** The other hosts of a group, as their Leases were observed: a host is fresh while its Lease keeps changing. */
import {readHost, type PublishingHost} from './host-record.js'
import {isSameSpec, type StoredLease} from './lease.js'

/** Milliseconds: a host whose Lease has not changed for so long is no longer fresh, unless the Lease says less. */
export const HOST_DURATION = 20_000
/**
 * Milliseconds without a successful list after which nothing is known of who renewed in the meantime. The API server was away
 * then, for the other hosts too: they get the whole time again, so that an outage takes no address away.
 */
const LONGEST_GAP = 15_000
/** Milliseconds: a host that has been silent for so long does not come back, and its Lease is deleted. */
const ABANDONED = 3_600_000

type Observation = {readonly lease: StoredLease; readonly at: number}

export class KnownHosts {
  private observations: ReadonlyMap<string, Observation> = new Map()
  private listedAt = -Infinity

  /** `leases` by their names: all of the group, as listed at `now`, a time of the monotonic clock. */
  observe(leases: ReadonlyMap<string, StoredLease>, now: number): void {
    const isAfterGap = now - this.listedAt > LONGEST_GAP
    this.listedAt = now
    this.observations = new Map(
      [...leases].map(([name, lease]) => {
        const known = isAfterGap ? undefined : this.observations.get(name)
        return [name, {lease, at: known && isSameSpec(known.lease, lease) ? known.at : now}]
      }),
    )
  }

  /** As of the last list: while there is none, nothing is known to have changed. */
  fresh(): PublishingHost[] {
    return [...this.observations.values()]
      .filter(({lease, at}) => this.listedAt - at < durationOf(lease))
      .flatMap(({lease}) => readHost(lease) ?? [])
  }

  /** Names of Leases. */
  abandoned(): string[] {
    return [...this.observations].filter(([, {at}]) => this.listedAt - at >= ABANDONED).map(([name]) => name)
  }
}

function durationOf({spec: {leaseDurationSeconds}}: StoredLease): number {
  return Math.min((leaseDurationSeconds ?? Infinity) * 1000, HOST_DURATION)
}
