/** The query of the status page: what is filtered, how it is sorted, and which page of the Services is shown. */

export const STATE_FILTERS = ['all', 'served', 'partial', 'not-served', 'problems'] as const
export const SORT_KEYS = ['name', 'state', 'servers', 'connections', 'rate', 'bytes'] as const

export type StateFilter = (typeof STATE_FILTERS)[number]
export type SortKey = (typeof SORT_KEYS)[number]

export type UiQuery = {
  /** Words that a Service must contain: in its names, listeners, servers, states or diagnostics. */
  readonly text: string
  readonly state: StateFilter
  readonly sort: SortKey
  readonly descending: boolean
  /** From 1. */
  readonly page: number
  /** NAMESPACE/NAME of the Service that is shown alone. */
  readonly service?: string
}

const LONGEST_TEXT = 200

/** Values that are not valid get their default: a link of another version must show something. */
export function parseUiQuery(parameters: URLSearchParams): UiQuery {
  const sort = parameters.get('sort') ?? ''
  const key = sort.replace(/^-/, '')
  const page = Number(parameters.get('page') ?? 1)
  const service = parameters.get('service')
  return {
    text: (parameters.get('q') ?? '').slice(0, LONGEST_TEXT),
    state: STATE_FILTERS.find((each) => each === parameters.get('state')) ?? 'all',
    sort: SORT_KEYS.find((each) => each === key) ?? 'name',
    descending: sort.startsWith('-'),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    ...(service !== null && {service}),
  }
}

/** The link with these changes; another filter or order starts at the first page. */
export function linkTo(query: UiQuery, changes: Partial<UiQuery>): string {
  const {text, state, sort, descending, page, service} = {...query, page: 1, ...changes}
  const parameters = new URLSearchParams()
  if (service !== undefined) parameters.set('service', service)
  if (text !== '') parameters.set('q', text)
  if (state !== 'all') parameters.set('state', state)
  if (sort !== 'name' || descending) parameters.set('sort', `${descending ? '-' : ''}${sort}`)
  if (page !== 1) parameters.set('page', String(page))
  const search = parameters.toString()
  return search === '' ? '/ui' : `/ui?${search}`
}

/** The link to one Service. */
export function linkToService(service: string): string {
  return `/ui?service=${encodeURIComponent(service)}`
}
