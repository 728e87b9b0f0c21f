/** What lbex probes: servers of several upstreams with equal checks are one target. */
import type {HealthCheck} from '../intent/health-check.js'
import {bracketed} from './listener-key.js'
import type {UpstreamServer} from './load-balancer.js'

export type ProbeTarget = {
  /** Equal for equal targets. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly check: HealthCheck
}

/** `check.port`, if it is set, is probed instead of the port of the server. */
export function probeTarget(
  {address, port: ownPort}: Pick<UpstreamServer, 'address' | 'port'>,
  check: HealthCheck,
): ProbeTarget {
  const port = check.port ?? ownPort
  return {id: `${bracketed(address)}:${port} ${check.id}`, address, port, check}
}
