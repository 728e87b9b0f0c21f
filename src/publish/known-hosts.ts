/** The hosts of a group by their observed Leases: a host is fresh while its Lease keeps changing. */
import {readHost, type PublishingHost} from './host-record.js'
import {isSameSpec, type StoredLease} from './lease.js'

/** Milliseconds after which a host whose Lease has not changed is no longer fresh, unless the Lease says otherwise. */
export const HOST_DURATION = 20_000
/** Milliseconds for a host that ran lbex with --once, which does not renew. No Lease may ask for more. */
export const ONCE_DURATION = 3_600_000
/** Milliseconds that a host has to renew after the first list, however old its Lease seems to be: two renewals. */
const GRACE = 10_000
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

  /** `leases`: all Leases of the group by name, as listed at the monotonic time `now`, which is `time` by the clock of this host. */
  observe(leases: ReadonlyMap<string, StoredLease>, now: number, time: number): void {
    const isAfterGap = now - this.listedAt > LONGEST_GAP
    const isFirst = this.listedAt === -Infinity
    this.listedAt = now
    this.observations = new Map(
      [...leases].map(([name, lease]) => {
        const known = isAfterGap ? undefined : this.observations.get(name)
        if (known && isSameSpec(known.lease, lease)) return [name, {lease, at: known.at}]
        return [name, {lease, at: isFirst ? now - ageOf(lease, time) : now}]
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

/**
 * A process that has just started has seen no renewal, so it takes the age from the Lease. The clocks of the hosts may differ:
 * therefore a host that renews always has GRACE to show that it is alive. A host of --once does not renew.
 */
function ageOf(lease: StoredLease, time: number): number {
  const age = time - Date.parse(lease.spec.renewTime ?? '')
  const duration = durationOf(lease)
  return age > 0 ? Math.min(age, duration > HOST_DURATION ? duration : Math.max(0, duration - GRACE)) : 0
}

/** A Lease that was edited by hand must not keep a host for years. */
function durationOf({spec: {leaseDurationSeconds}}: StoredLease): number {
  const duration = (leaseDurationSeconds ?? Infinity) * 1000
  return duration <= ONCE_DURATION ? duration : HOST_DURATION
}
