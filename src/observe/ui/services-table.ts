/** The Services as a table: a row for each, with its listeners; with filter, sort and pages, which work without a script. */
import type {LbexState} from '../../core/state/lbex-state.js'
import type {ListenerState, ServiceState} from '../../core/state/service-state.js'
import {badge} from './badge.js'
import {html, type Html, type Part} from './html.js'
import {linkTo, linkToService, STATE_FILTERS, type SortKey, type UiQuery} from './page-query.js'
import {PAGE_SIZE, selectServices, serversOf, sumOf, type SelectedPage} from './select-services.js'
import {bytesPerSecond, perSecond, whole} from './words.js'

type Column = {
  readonly title: string
  readonly sort?: SortKey
  readonly kind?: 'number'
  /** Hidden on a narrow screen. */
  readonly extra?: boolean
  readonly cell: (service: ServiceState) => Part
}

const COLUMNS: readonly Column[] = [
  {title: 'Service', sort: 'name', cell: nameCell},
  {title: 'Listen', extra: true, cell: ({listeners}) => listenersCell(listeners)},
  {title: 'State', sort: 'state', cell: stateCell},
  {title: 'Servers', sort: 'servers', kind: 'number', cell: serversCell},
]

const TRAFFIC_COLUMNS: readonly Column[] = [
  {title: 'Connections', sort: 'connections', kind: 'number', extra: true, cell: connectionsCell},
  {
    ...{title: 'New', sort: 'rate', kind: 'number', extra: true},
    cell: ({traffic}) => traffic && perSecond(sumOf(traffic, 'connectionsPerSecond')),
  },
  {
    ...{title: 'Traffic', sort: 'bytes', kind: 'number', extra: true},
    cell: ({traffic}) =>
      traffic && bytesPerSecond(sumOf(traffic, 'receivedPerSecond') + sumOf(traffic, 'sentPerSecond')),
  },
]

/** The words of the filters, in the order of STATE_FILTERS. */
const FILTER_WORDS = {
  all: 'all',
  served: 'served',
  partial: 'served in part',
  'not-served': 'not served',
  problems: 'with problems',
}

/** The form; the script sends it while the user types. */
export function filterForm({text, state, sort, descending}: UiQuery): Html {
  const order = `${descending ? '-' : ''}${sort}`
  return html`<form id="filter" role="search" action="/ui">
    <label for="q">Filter</label>
    <input
      id="q"
      name="q"
      type="search"
      value="${text}"
      placeholder="name, port, server, problem (press /)"
    />
    <label for="state">State</label>
    <select id="state" name="state">
      ${STATE_FILTERS.map((each) =>
        each === state
          ? html`<option value="${each}" selected>${FILTER_WORDS[each]}</option>`
          : html`<option value="${each}">${FILTER_WORDS[each]}</option>`,
      )}
    </select>
    ${order === 'name' ? undefined : html`<input type="hidden" name="sort" value="${order}" />`}
    <button>Show</button>
  </form>`
}

export function servicesTable({services, traffic}: LbexState, query: UiQuery): Html {
  const selected = selectServices(services, query)
  const columns = traffic ? [...COLUMNS, ...TRAFFIC_COLUMNS] : COLUMNS
  return html`<section id="services" aria-labelledby="services-title" data-live tabindex="-1">
    <h2 id="services-title">Services <small>${shownWords(selected, services.length)}</small></h2>
    ${selected.matching === 0 ? emptyWords(services.length) : table(selected.services, columns, query)}
    ${pager(selected, query)}
  </section>`
}

function shownWords({services, page, matching}: SelectedPage, all: number): string {
  if (matching === 0) return ''
  const first = (page - 1) * PAGE_SIZE + 1
  const range = `${whole(first)}–${whole(first + services.length - 1)}`
  const of = matching === all ? '' : ` (${whole(all)} in all)`
  return `${range} of ${whole(matching)}${of}`
}

function emptyWords(all: number): Html {
  const why = all === 0 ? 'No Service asks for this lbex.' : 'No Service matches the filter.'
  return html`<p class="empty">${why} ${all > 0 ? html`<a href="/ui">Show all</a>` : undefined}</p>`
}

function table(services: readonly ServiceState[], columns: readonly Column[], query: UiQuery): Html {
  return html`<div class="scroll" role="group" aria-labelledby="services-title" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => heading(column, query))}
        </tr>
      </thead>
      <tbody>
        ${services.map((service) => row(service, columns))}
      </tbody>
    </table>
  </div>`
}

function classOf({kind, extra}: Column): string {
  return [kind, extra && 'extra'].filter(Boolean).join(' ')
}

function heading(column: Column, query: UiQuery): Html {
  const {title, sort} = column
  if (sort === undefined) return html`<th scope="col" class="${classOf(column)}">${title}</th>`
  const isSorted = query.sort === sort
  // Of numbers, the largest ones are asked for first.
  const descending = isSorted ? !query.descending : column.kind === 'number'
  const direction = isSorted ? (query.descending ? 'descending' : 'ascending') : 'none'
  const arrow = isSorted ? html`<span aria-hidden="true">${query.descending ? ' ▾' : ' ▴'}</span>` : undefined
  return html`<th scope="col" class="${classOf(column)}" aria-sort="${direction}">
    <a id="sort-${sort}" href="${linkTo(query, {sort, descending})}">${title}${arrow}</a>
  </th>`
}

function row(service: ServiceState, columns: readonly Column[]): Html {
  return html`<tr>
    ${columns.map((column) => html`<td class="${classOf(column)}">${column.cell(service)}</td>`)}
  </tr>`
}

function nameCell({namespace, name}: ServiceState): Html {
  const full = `${namespace}/${name}`
  return html`<a id="service-${full}" href="${linkToService(full)}"
    ><span class="dim">${namespace}/</span>${name}</a
  >`
}

/** Listeners that a row shows: the page of the Service has all. */
const MOST_LISTENERS = 3

function listenersCell(listeners: readonly ListenerState[]): Part {
  const more = listeners.length - MOST_LISTENERS
  return [
    ...listeners.slice(0, MOST_LISTENERS).map(({listener}) => html`<code>${listener}</code> `),
    ...(more > 0 ? [html`<span class="dim">and ${more} more</span>`] : []),
  ]
}

function stateCell({state, reason, diagnostics}: ServiceState): Html {
  const warning = diagnostics.find(({severity}) => severity === 'warning')?.message
  const why = reason ?? warning
  return html`${badge(state)}${why === undefined ? undefined : html`<span class="reason">${why}</span>`}`
}

function serversCell(service: ServiceState): Html {
  const {healthy, all} = serversOf(service)
  return healthy === all ? html`${all}` : html`<strong>${healthy}/${all}</strong>`
}

/** `?`: the listener is shared, and the kernel does not know whose connections they are. */
function connectionsCell({traffic}: ServiceState): Part {
  if (!traffic) return undefined
  return traffic.some(({connections}) => connections === undefined)
    ? '?'
    : whole(sumOf(traffic, 'connections'))
}

function pager({page, pages}: SelectedPage, query: UiQuery): Part {
  if (pages === 1) return undefined
  const link = (to: number, id: string, word: string): Html =>
    to < 1 || to > pages
      ? html`<span class="dim">${word}</span>`
      : html`<a id="page-${id}" href="${linkTo(query, {page: to})}">${word}</a>`
  return html`<nav class="pager" aria-label="Pages">
    ${link(page === 1 ? 0 : 1, 'first', 'First')} ${link(page - 1, 'previous', 'Previous')}
    <span>Page ${page} of ${pages}</span>
    ${link(page + 1, 'next', 'Next')} ${link(page === pages ? 0 : pages, 'last', 'Last')}
  </nav>`
}
