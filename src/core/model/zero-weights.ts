/** Reports traffic that NGINX rejects because all Services that share it have weight 0. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import {bracketed} from './listener-key.js'
import type {OwnedRequest} from './make-listener.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {wholeRange} from './port-ranges.js'
import {serverNameOf} from './route-match.js'

/** `rejected`: the requests that did not get their listener. */
export function reportZeroWeights(
  plans: readonly ServicePlan[],
  rejected: ReadonlySet<ListenerRequest>,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const reports = new Map<ServicePlan, ReportDiagnostic>()
  for (const requests of sharedTraffic(plans, rejected)) {
    if (requests.some(({request}) => request.share?.weight !== 0)) continue
    for (const {plan, request} of requests) {
      const {port, match} = request
      const [name, listener] = [serverNameOf(match), listenerOf(request)]
      const report = reports.get(plan) ?? reporter(plan.intent.service, diagnostics)
      reports.set(plan, report)
      report('weights-zero', {
        field: port.sharing?.share?.field ?? port.field,
        args: {traffic: name === undefined ? listener : `host ${JSON.stringify(name)} of ${listener}`},
      })
    }
  }
  return diagnostics
}

/** Equal for the ports of a range, which are reported once. */
function listenerOf({key, id, port}: ListenerRequest): string {
  return port.range ? `${bracketed(key.address)}:${wholeRange(port)}/${key.protocol}` : id
}

/** The requests that share the same traffic of a listener: those of one group. */
function sharedTraffic(
  plans: readonly ServicePlan[],
  rejected: ReadonlySet<ListenerRequest>,
): OwnedRequest[][] {
  const byTraffic = new Map<string, OwnedRequest[]>()
  for (const plan of plans) {
    for (const request of plan.requests) {
      if (!request.share || rejected.has(request)) continue
      const traffic = `${request.id} ${serverNameOf(request.match) ?? ''}`
      const others = byTraffic.get(traffic)
      if (others) others.push({plan, request})
      else byTraffic.set(traffic, [{plan, request}])
    }
  }
  return [...byTraffic.values()]
}
