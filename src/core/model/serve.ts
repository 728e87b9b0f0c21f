/** What a Service serves in the end: the claims that it won, that the host can give, and that have a backend. */
import type {BindError} from '../../diagnostics/bind-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Listener, ServedService, Upstream} from './load-balancer.js'
import type {Claim, ServicePlan} from './plan-service.js'
import {diagnosePortHeld} from './port-held.js'

/** Undefined where nothing is left to serve. */
export function serve(plan: ServicePlan, granted: readonly Claim[]): ServedService | undefined {
  const served = granted.filter(hasUpstream)
  if (served.length === 0) return undefined
  const {ref, origin} = plan.intent.service
  return {
    ref,
    ...(origin && {origin}),
    id: plan.id,
    listeners: served.map((claim) => makeListener(claim, plan)).sort(byKey),
    upstreams: [...new Map(served.map(({upstream}) => [upstream.name, upstream])).values()].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  }
}

function hasUpstream(claim: Claim): claim is Claim & {upstream: Upstream} {
  return claim.upstream !== undefined
}

function makeListener({key, port, upstream}: Claim & {upstream: Upstream}, {intent}: ServicePlan): Listener {
  return {
    key,
    portName: port.port.name,
    servicePort: port.port.port,
    upstream: upstream.name,
    settings: intent.listenerSettings,
  }
}

function byKey({key: a}: Listener, {key: b}: Listener): number {
  if (a.port !== b.port) return a.port - b.port
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1
  return a.address < b.address ? -1 : 1
}

/** The diagnostic for a listener of this Service that the host does not give. */
export function reportHeld({intent}: ServicePlan, {key, port}: Claim, error: BindError): Diagnostic {
  return diagnosePortHeld({key, error}, {subject: intent.service, field: port.field})
}
