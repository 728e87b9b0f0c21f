/** The hosts of a group by their observed Leases: a host is fresh while its Lease keeps changing. */
import {readHost, type PublishingHost} from './host-record.js'
import {isSameSpec, type StoredLease} from './lease.js'

/** Milliseconds after which a host whose Lease has not changed is no longer fresh. The Lease may set a shorter time. */
export const HOST_DURATION = 20_000
/**
 * Milliseconds without a successful list after which all hosts count as fresh again: the API server was probably unreachable for
 * the other hosts too, so they could not renew. An outage must not remove their addresses.
 */
const LONGEST_GAP = 15_000
/** Milliseconds without a renewal after which the Lease of a host is deleted. */
const ABANDONED = 3_600_000

type Observation = {readonly lease: StoredLease; readonly at: number}

export class KnownHosts {
  private observations: ReadonlyMap<string, Observation> = new Map()
  private listedAt = -Infinity

  /** `leases`: all Leases of the group by name, as listed at the monotonic time `now`. */
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

  /** As of the last successful list, so that a failed list does not make hosts expire. */
  fresh(): PublishingHost[] {
    return [...this.observations.values()]
      .filter(({lease, at}) => this.listedAt - at < durationOf(lease))
      .flatMap(({lease}) => readHost(lease) ?? [])
  }

  /** The names of abandoned Leases. */
  abandoned(): string[] {
    return [...this.observations].filter(([, {at}]) => this.listedAt - at >= ABANDONED).map(([name]) => name)
  }
}

function durationOf({spec: {leaseDurationSeconds}}: StoredLease): number {
  return Math.min((leaseDurationSeconds ?? Infinity) * 1000, HOST_DURATION)
}
