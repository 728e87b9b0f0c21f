/** Why a listener is not served, or not as requested: the diagnostic that fits best, or else a sentence. */
import type {Upstream} from '../model/load-balancer.js'
import type {ListenerRequest} from '../model/plan-service.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'

/**
 * served: NGINX sends clients to at least one server. no-backend: there is no server to send clients to. unavailable: this host
 * cannot listen there. conflict: another Service has the listener. rejected: NGINX rejects the configuration of the Service.
 */
export type ListenerOutcome = 'served' | 'no-backend' | 'unavailable' | 'conflict' | 'rejected'

/** Undefined if the listener is served as requested. `diagnostics`: those of the Service. */
export function reasonOf(
  request: ListenerRequest,
  state: ListenerOutcome,
  upstream: Upstream | undefined,
  diagnostics: readonly Diagnostic[],
): string | undefined {
  const about = diagnostics.filter((diagnostic) => isAbout(diagnostic, request))
  const [first, second] = about
  if (state === 'served') return first?.message ?? unknownPart(upstream)
  // Two with the same code are about two listeners of the port: only explain shows which is which.
  if (first && first.code === second?.code) return SENTENCES[state]
  const error = first ?? diagnostics.find(({severity}) => severity === 'error')
  return error?.message ?? SENTENCES[state]
}

/** Warnings count too: a port without a backend is one. */
function isAbout({severity, field = []}: Diagnostic, {port}: ListenerRequest): boolean {
  if (severity === 'info') return false
  return startsWith(field, port.field) || startsWith(field, ['spec', 'ports', port.index])
}

function startsWith(field: readonly (string | number)[], start: readonly (string | number)[]): boolean {
  return start.every((part, index) => field[index] === part)
}

function unknownPart(upstream: Upstream | undefined): string | undefined {
  const {unknown = []} = upstream ?? {}
  return unknown.length === 0 ? undefined : `known only in a cluster: ${unknown.join(', ')}`
}

const SENTENCES = {
  'no-backend': 'there is no server to send clients to',
  unavailable: 'this host cannot listen there',
  conflict: 'another Service has this listener',
  rejected: 'NGINX rejects the configuration of this Service',
}
