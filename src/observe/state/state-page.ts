/** Pages of the state: `GET /api/v1/state?limit=N&continue=TOKEN&namespace=NAME&service=NAMESPACE/NAME&labelSelector=SELECTOR`. */
import type {LbexState} from '../../core/state/lbex-state.js'
import type {ServiceState} from '../../core/state/service-state.js'
import {parseLabelSelector, type LabelSelector} from '../../util/label-selector.js'

export type PageQuery = {
  /** Maximum number of Services. */
  readonly limit: number
  /** The value that the page before ended with. */
  readonly from?: string
  /** Empty: all. */
  readonly namespaces: readonly string[]
  /** NAME or NAMESPACE/NAME; empty: all. */
  readonly names: readonly string[]
  readonly selects: LabelSelector
}

const DEFAULT_LIMIT = 500
const LARGEST_LIMIT = 5000
/** Servers of one page, whatever the limit: a Service may have thousands. */
const MOST_SERVERS = 20_000

/** Returns a sentence if the query is not valid. */
export function parsePageQuery(parameters: URLSearchParams): PageQuery | string {
  const unknown = [...parameters.keys()].find((key) => !PARAMETERS.includes(key))
  if (unknown !== undefined)
    return `unknown parameter ${unknown}; the parameters are ${PARAMETERS.join(', ')}`
  const limit = Number(parameters.get('limit') ?? DEFAULT_LIMIT)
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    return `limit must be a number from 1 to ${LARGEST_LIMIT}`
  const selects = parseLabelSelector(parameters.get('labelSelector') ?? '')
  if (typeof selects === 'string') return selects
  const from = parameters.get('continue')
  return {
    limit,
    ...(from !== null && {from}),
    namespaces: parameters.getAll('namespace'),
    names: parameters.getAll('service'),
    selects,
  }
}

const PARAMETERS = ['limit', 'continue', 'namespace', 'service', 'labelSelector']

/**
 * The page of `state`, which has all Services. The token is the name of the last Service of the page before, so that a page
 * follows it even if Services came and went meanwhile.
 */
export function statePage(state: LbexState, query: PageQuery): LbexState {
  const rest = state.services.filter((service) => isWanted(service, query) && isAfter(service, query.from))
  const services = firstOf(rest, query.limit)
  const last = services.at(-1)
  return {...state, services, ...(last && services.length < rest.length && {continue: nameOf(last)})}
}

function isWanted(service: ServiceState, {namespaces, names, selects}: PageQuery): boolean {
  if (!selects(service.labels)) return false
  if (namespaces.length > 0 && !namespaces.includes(service.namespace)) return false
  return names.length === 0 || names.includes(service.name) || names.includes(nameOf(service))
}

/** As the Services are sorted: by namespace, then name, by code units. */
function isAfter({namespace, name}: ServiceState, from: string | undefined): boolean {
  if (from === undefined) return true
  const [lastNamespace = '', lastName = ''] = from.split('/', 2)
  return namespace === lastNamespace ? name > lastName : namespace > lastNamespace
}

/** At least one, so that each page makes progress. */
function firstOf(services: readonly ServiceState[], limit: number): ServiceState[] {
  const page: ServiceState[] = []
  let servers = 0
  for (const service of services) {
    servers += service.listeners.reduce((sum, listener) => sum + listener.servers.length, 0)
    if (page.length >= limit || (page.length > 0 && servers > MOST_SERVERS)) break
    page.push(service)
  }
  return page
}

function nameOf({namespace, name}: ServiceState): string {
  return `${namespace}/${name}`
}
