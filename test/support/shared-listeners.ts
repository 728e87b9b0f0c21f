/** Load balancers in which several Services share a listener, made of requests for it. */
import type {LoadBalancer, Owner} from '../../src/core/model/load-balancer.js'
import {readIntent} from '../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../src/core/intent/options.js'
import {allocateListeners, type ListenerAllocation} from '../../src/core/model/allocate-listeners.js'
import {createNodeViewer} from '../../src/core/model/nodes.js'
import {DEFAULT_MODEL_OPTIONS} from '../../src/core/model/options.js'
import {planService, type ListenerRequest, type ServicePlan} from '../../src/core/model/plan-service.js'
import {serve} from '../../src/core/model/serve.js'
import {shareListeners} from '../../src/core/model/share-listeners.js'
import {finish} from '../../src/core/model/steps.js'
import {COMPLETE} from '../../src/core/cluster/snapshot.js'
import {anEndpoint, aService, aSlice} from './builders.js'

export type Wish = Partial<Pick<ListenerRequest, 'match' | 'share' | 'settings' | 'closed'>>

/** Shares its traffic with all other wishes that have a weight. */
export function weighted(weight: number): Wish {
  return {share: {group: 'default/group', weight}}
}

/** For the connections with this server name. */
export function forName(name: string, weight?: number): Wish {
  return {match: {type: 'sni', name}, ...(weight !== undefined && weighted(weight))}
}

export type Applicant = {
  readonly name: string
  /** Default `default`. */
  readonly namespace?: string
  /** Year of the creationTimestamp; default 2026. */
  readonly created?: number
  /** Address of the only endpoint; without one there is no backend. */
  readonly endpoint?: string
  /** Where the endpoint listens; default 8443. */
  readonly endpointPort?: number
  /** One port for each, of which the first is 443. Each listens on `listen`, default 8443. */
  readonly wishes: readonly Wish[]
  readonly listen?: number
}

/** Endpoints may be on this host. */
const OPTIONS = {...DEFAULT_MODEL_OPTIONS, allowLocalEndpoints: true}

/** The plan of Service default/NAME, with requests as they are wished for. */
export function planFor({name, namespace = 'default', created = 2026, ...others}: Applicant): ServicePlan {
  const {endpoint, wishes, listen = 8443, endpointPort = 8443} = others
  const ports = wishes.map((_, index) => ({name: `p${index}`, number: 443 + index}))
  const service = ports.reduce(
    (made, port) => made.port(port.name, port.number, {listen}),
    aService(name)
      .inNamespace(namespace)
      .annotated({'upstream-type': 'pod'})
      .created(`${created}-01-01T00:00:00Z`),
  )
  const slice = ports.reduce(
    (made, port) => made.port(port.name, endpointPort),
    aSlice(name).inNamespace(namespace),
  )
  const slices = endpoint === undefined ? [] : [slice.endpoints(anEndpoint(endpoint)).build()]
  const {intent} = readIntent(service.build(), DEFAULT_INTENT_OPTIONS)
  if (!intent) throw new Error('not a Service for lbex')
  const nodes = createNodeViewer(OPTIONS)([])
  const around = {slices, nodes, coverage: COMPLETE, hostAddresses: new Set<string>(), secrets: []}
  const plan = finish(planService(intent, around, OPTIONS))
  const requests = plan.requests.map((request, index) => ({...request, ...wishes[index]}))
  return {...plan, requests}
}

type Balanced = {readonly loadBalancer: LoadBalancer; readonly allocation: ListenerAllocation}

/** As a translation does it, from the plans on. */
export function balance(...applicants: readonly Applicant[]): Balanced {
  const plans = applicants.map(planFor)
  const allocation = allocateListeners(plans, OPTIONS.capabilities)
  const got = plans.map((plan) => ({
    plan,
    requests: plan.requests.filter((request) => !allocation.rejected.has(request)),
  }))
  const services = got.flatMap(
    ({plan, requests}) =>
      serve(
        plan,
        requests.filter(({id}) => !allocation.shared.has(id)),
      ) ?? [],
  )
  return {loadBalancer: {services, shared: shareListeners(got, allocation.shared)}, allocation}
}

/** Two Services that share the TCP connections of a listener 3 to 1. */
export const BY_WEIGHT: readonly Applicant[] = [
  {name: 'blue', endpoint: '10.1.0.1', wishes: [weighted(3)]},
  {name: 'green', endpoint: '10.1.0.2', wishes: [weighted(1)]},
]

/** Three Services behind one listener: two for one name each, the first in two versions, and one for all other connections. */
export const BY_NAME: readonly Applicant[] = [
  {
    name: 'api',
    endpoint: '10.1.0.1',
    wishes: [forName('api.example', 9), forName('api.example', 1)],
  },
  {name: 'www', endpoint: '10.1.0.2', wishes: [forName('*.example')]},
  {name: 'rest', endpoint: '10.1.0.3', wishes: [forName('*')]},
]

export function namesOf(owners: readonly Owner[]): string[] {
  return owners.map(({ref}) => ref.name)
}
