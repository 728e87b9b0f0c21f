/** Finds out in which namespaces servers are checked less often than requested, because this host reached a limit. */
import type {WantedProbe} from './wanted-probes.js'

/** Milliseconds without a probe that waits for a slot after which a namespace counts as on time again. */
const RECOVERY = 60_000

/** Part of its interval that a probe may wait for a slot. */
const TOLERATED = 0.5

type Late = {readonly factor: number; readonly until: number}

export class SlowChecks {
  /** By namespace, as for the others: intervals that are longer because of the limits on probes a second. */
  private rates: ReadonlyMap<string, number> = new Map()
  /** Probes that wait because too many run at a time. */
  private readonly late = new Map<string, Late>()
  private latest: ReadonlyMap<string, number> = new Map()

  /** How many times longer than requested the intervals are; the previous object while nothing changes. */
  get factors(): ReadonlyMap<string, number> {
    return this.latest
  }

  /** From now on these are probed. */
  setWanted(wanted: Iterable<WantedProbe>): void {
    const rates = new Map<string, number>()
    const namespaces = new Set<string>()
    for (const {target, interval} of wanted) {
      namespaces.add(target.namespace)
      if (interval > target.check.interval)
        rates.set(target.namespace, Math.round((10 * interval) / target.check.interval) / 10)
    }
    this.rates = rates
    for (const namespace of this.late.keys()) if (!namespaces.has(namespace)) this.late.delete(namespace)
  }

  /** A probe began after it waited for `waited` milliseconds; `interval` and `now` are milliseconds, too. */
  noteStart(namespace: string, waited: number, interval: number, now: number): void {
    if (waited <= TOLERATED * interval) return
    // In few steps, so that the diagnostics about it seldom change.
    const factor = 2 ** Math.ceil(Math.log2(1 + waited / interval))
    const earlier = this.late.get(namespace)?.factor ?? 0
    if (factor >= earlier) this.late.set(namespace, {factor, until: now + RECOVERY})
  }

  /** True if the factors changed since the last call. */
  refresh(now: number): boolean {
    const factors = new Map(this.rates)
    for (const [namespace, {factor, until}] of this.late) {
      if (now > until) this.late.delete(namespace)
      else factors.set(namespace, Math.max(factor, factors.get(namespace) ?? 0))
    }
    const isSame =
      factors.size === this.latest.size &&
      [...factors].every(([namespace, factor]) => this.latest.get(namespace) === factor)
    if (!isSame) this.latest = factors
    return !isSame
  }
}
