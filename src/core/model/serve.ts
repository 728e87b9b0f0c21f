/** What a Service serves in the end: the claims that it won, that the host can give, and that have a backend. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {heldReason} from '../../diagnostics/rules/port-rules.js'
import type {Listener, ServedService, Upstream} from './load-balancer.js'
import type {Claim, ServicePlan} from './plan-service.js'

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
    transparent: intent.passthrough,
    ...(intent.resolver !== undefined && {resolver: intent.resolver}),
  }
}

function byKey({key: a}: Listener, {key: b}: Listener): number {
  if (a.port !== b.port) return a.port - b.port
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1
  return a.address < b.address ? -1 : 1
}

/** Tells the Service that something else on the host has a listener of its. */
export function reportHeld({intent}: ServicePlan, claim: Claim, problem: string): Diagnostic {
  const {port, protocol} = claim.key
  return diagnose('port-held', {
    subject: intent.service,
    field: claim.port.field,
    args: {
      listener: claim.id,
      problem,
      reason: heldReason(problem),
      command: `ss -Hnlp${protocol === 'TCP' ? 't' : 'u'} 'sport = :${port}'`,
    },
  })
}
