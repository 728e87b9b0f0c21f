/** Which servers of a load balancer are probed, and how often. */
import type {LoadBalancer, Upstream} from '../core/model/load-balancer.js'
import {probeTarget, type ProbeTarget} from '../core/model/probe-target.js'

/** Probes a second that one namespace may cause: its intervals are longer beyond that, so that it does not take the CPU of all. */
const MOST_OF_NAMESPACE = 1000
/** Probes a second of all namespaces: about a third of a core. */
const MOST_OF_ALL = 4000
/** A TLS handshake counts as so many probes, because it takes as much more CPU time. */
const COST_OF_TLS = 10

export type WantedProbe = {
  readonly target: ProbeTarget
  /** Milliseconds: that of the check, or longer if the namespace asks for too many probes. */
  readonly interval: number
}

/** By ProbeTarget.id: the servers of upstreams whose Services ask for a check. */
export function wantedProbes(loadBalancer: LoadBalancer): Map<string, WantedProbe> {
  const targets = new Map<string, ProbeTarget>()
  for (const {namespace, upstream} of ownedUpstreams(loadBalancer)) {
    const {healthCheck} = upstream.settings
    if (!healthCheck || upstream.unknown.length > 0) continue
    for (const server of upstream.servers) {
      const target = probeTarget(server, healthCheck, namespace, upstream.offset)
      targets.set(target.id, target)
    }
  }
  const rates = probesPerSecond(targets.values())
  const limit = limitOf([...rates.values()])
  const wanted = new Map<string, WantedProbe>()
  for (const [id, target] of targets) {
    const excess = Math.max(1, (rates.get(target.namespace) ?? 0) / limit)
    wanted.set(id, {target, interval: target.check.interval * excess})
  }
  return wanted
}

type OwnedUpstream = {readonly namespace: string; readonly upstream: Upstream}

function* ownedUpstreams({services, shared}: LoadBalancer): Generator<OwnedUpstream> {
  for (const {ref, upstreams} of services)
    for (const upstream of upstreams) yield {namespace: ref.namespace, upstream}
  for (const {listener, upstreams} of shared) {
    const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
    for (const {owner, upstreams: weighted} of listener.routes) {
      for (const {name} of weighted) {
        const upstream = byName.get(name)
        if (upstream) yield {namespace: owner.namespace, upstream}
      }
    }
  }
}

/** By namespace. */
function probesPerSecond(targets: Iterable<ProbeTarget>): Map<string, number> {
  const rates = new Map<string, number>()
  for (const {namespace, check} of targets)
    rates.set(
      namespace,
      (rates.get(namespace) ?? 0) + ((check.tls ? COST_OF_TLS : 1) * 1000) / check.interval,
    )
  return rates
}

/**
 * The probes a second that each namespace may cause. If all together ask for too many, those that ask for most are limited, so
 * that the others keep their intervals.
 */
function limitOf(rates: readonly number[]): number {
  const sorted = rates.map((rate) => Math.min(rate, MOST_OF_NAMESPACE)).sort((a, b) => a - b)
  let left = MOST_OF_ALL
  for (const [index, rate] of sorted.entries()) {
    const share = left / (sorted.length - index)
    if (rate > share) return share
    left -= rate
  }
  return MOST_OF_NAMESPACE
}
