/** Reports traffic that NGINX rejects because all Services that share it have weight 0. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter} from '../../diagnostics/reporter.js'
import type {OwnedRequest} from './make-listener.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {serverNameOf} from './route-match.js'

/** `rejected`: the requests that did not get their listener. */
export function reportZeroWeights(
  plans: readonly ServicePlan[],
  rejected: ReadonlySet<ListenerRequest>,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const requests of sharedTraffic(plans, rejected)) {
    if (requests.some(({request}) => request.share?.weight !== 0)) continue
    for (const {plan, request} of requests) {
      const {port, id, match} = request
      const name = serverNameOf(match)
      reporter(plan.intent.service, diagnostics)('weights-zero', {
        field: port.sharing?.share?.field ?? port.field,
        args: {traffic: name === undefined ? id : `host ${JSON.stringify(name)} of ${id}`},
      })
    }
  }
  return diagnostics
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
