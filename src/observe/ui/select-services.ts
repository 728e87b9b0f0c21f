/** The Services that the status page shows: filtered, sorted, one page of them. Linear in the Services, but for the sort. */
import type {ServiceState} from '../../core/state/service-state.js'
import type {PortTraffic} from '../../core/state/traffic-state.js'
import type {SortKey, StateFilter, UiQuery} from './page-query.js'

export const PAGE_SIZE = 100

export type SelectedPage = {
  readonly services: readonly ServiceState[]
  /** From 1; not larger than `pages`. */
  readonly page: number
  readonly pages: number
  /** Services of all pages. */
  readonly matching: number
}

export function selectServices(all: readonly ServiceState[], query: UiQuery): SelectedPage {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = all.filter((service) => hasState(service, query.state) && hasWords(service, words))
  const pages = Math.max(1, Math.ceil(matching.length / PAGE_SIZE))
  const page = Math.min(query.page, pages)
  const sorted = sortServices(matching, query)
  const services = sorted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
  return {services, page, pages, matching: matching.length}
}

/** `all` is sorted by name, so equal keys stay in that order. */
function sortServices(
  services: readonly ServiceState[],
  {sort, descending}: UiQuery,
): readonly ServiceState[] {
  if (sort === 'name') return descending ? services.toReversed() : services
  const sign = descending ? -1 : 1
  return services
    .map((service) => ({service, key: SORT_VALUES[sort](service)}))
    .sort((a, b) => sign * (a.key - b.key))
    .map(({service}) => service)
}

const STATE_ORDER = ['not-served', 'partial', 'served']

const SORT_VALUES: Record<Exclude<SortKey, 'name'>, (service: ServiceState) => number> = {
  state: ({state}) => STATE_ORDER.indexOf(state),
  servers: (service) => serversOf(service).healthy,
  connections: ({traffic}) => sumOf(traffic, 'connections'),
  rate: ({traffic}) => sumOf(traffic, 'connectionsPerSecond'),
  bytes: ({traffic}) => sumOf(traffic, 'receivedPerSecond') + sumOf(traffic, 'sentPerSecond'),
}

type Measure = Exclude<keyof PortTraffic, 'port' | 'protocol'>

/** Of all listen ports; one that is not known counts as 0. */
export function sumOf(traffic: readonly PortTraffic[] | undefined, measure: Measure): number {
  return (traffic ?? []).reduce((sum, port) => sum + (port[measure] ?? 0), 0)
}

/** Servers that several listeners have count once for each. */
export function serversOf({listeners}: ServiceState): {readonly healthy: number; readonly all: number} {
  const servers = listeners.flatMap((listener) => listener.servers)
  return {healthy: servers.filter(({healthy}) => healthy).length, all: servers.length}
}

function hasState(service: ServiceState, state: StateFilter): boolean {
  if (state === 'all') return true
  return state === 'problems' ? hasProblems(service) : service.state === state
}

function hasProblems({state, diagnostics, listeners}: ServiceState): boolean {
  if (state !== 'served' || diagnostics.some(({severity}) => severity !== 'info')) return true
  return listeners.some(({servers}) => servers.some(({healthy}) => !healthy))
}

function hasWords(service: ServiceState, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = searchedText(service)
  return words.every((word) => text.includes(word))
}

/** By the listeners of a Service, which stay the same value while only its traffic changes. */
const SEARCHED = new WeakMap<ServiceState['listeners'], string>()

function searchedText(service: ServiceState): string {
  const known = SEARCHED.get(service.listeners)
  if (known !== undefined) return known
  const text = makeSearchedText(service)
  SEARCHED.set(service.listeners, text)
  return text
}

function makeSearchedText({namespace, name, state, listeners, diagnostics}: ServiceState): string {
  const parts = [`${namespace}/${name}`, state]
  for (const listener of listeners) {
    parts.push(listener.listener, listener.state, listener.portName, ...(listener.hosts ?? []))
    for (const {address} of listener.servers) parts.push(address)
  }
  for (const {code, message} of diagnostics) parts.push(code, message)
  return parts.join('\n').toLowerCase()
}
