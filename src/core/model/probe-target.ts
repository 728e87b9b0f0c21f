/** What lbex probes: servers of several upstreams of one namespace with equal checks are one target. */
import type {HealthCheck} from '../intent/health-check.js'
import {bracketed} from './listener-key.js'
import type {UpstreamServer} from './load-balancer.js'

export type ProbeTarget = {
  /** Equal for equal targets. */
  readonly id: string
  /** The namespace of the Service: no namespace affects the probes of another. */
  readonly namespace: string
  readonly address: string
  readonly port: number
  readonly check: HealthCheck
}

/**
 * `check.port`, if it is set, is probed instead of the port of the server. `offset` is that of the upstream: all ports of a range
 * depend on the probes of the first one, because a thousand probes for each Pod would cost more than they say.
 */
export function probeTarget(
  {address, port: ownPort}: Pick<UpstreamServer, 'address' | 'port'>,
  check: HealthCheck,
  namespace: string,
  offset = 0,
): ProbeTarget {
  const port = check.port ?? ownPort - offset
  return {id: `${namespace} ${bracketed(address)}:${port} ${check.id}`, namespace, address, port, check}
}
