/** The status page: the list of all Services, or one Service. Pure. */
import type {LbexState, ProcessState} from '../../core/state/lbex-state.js'
import {badge} from './badge.js'
import {changesTable} from './changes-table.js'
import {html, type Html, type Part} from './html.js'
import {overview} from './overview.js'
import type {UiQuery} from './page-query.js'
import {problems} from './problems.js'
import {missingServicePage, servicePage} from './service-page.js'
import {filterForm, servicesTable} from './services-table.js'
import type {Trend} from './trends.js'
import {ago} from './words.js'

export type PageInput = {
  /** With all Services. */
  readonly state: LbexState
  readonly query: UiQuery
  /** Of all Services, or of NAMESPACE/NAME; undefined if the traffic is not counted. */
  readonly trendOf: (service?: string) => Trend | undefined
}

export type Page = {
  readonly status: 200 | 404
  readonly title: string
  readonly body: Html
  /** The ID of the part after the overview. */
  readonly skip: string
}

export function statusPage({state, query, trendOf}: PageInput): Page {
  const {service: name} = query
  if (name !== undefined) return oneService(name, state, trendOf)
  return {
    status: 200,
    title: `${summaryWords(state)} - lbex`,
    body: withHeader(state, [
      overview(state, trendOf()),
      filterForm(query),
      servicesTable(state, query),
      problems(state),
      changesTable(state),
    ]),
    skip: 'services',
  }
}

function oneService(name: string, state: LbexState, trendOf: PageInput['trendOf']): Page {
  const service = state.services.find((each) => `${each.namespace}/${each.name}` === name)
  const body = service ? servicePage(service, state.at, trendOf(name)) : missingServicePage(name)
  return {
    status: service ? 200 : 404,
    title: `${name} - lbex`,
    body: withHeader(state, [body]),
    skip: 'service',
  }
}

function summaryWords({summary: {served, selected}}: LbexState): string {
  return `${served} of ${selected} Services`
}

function withHeader(state: LbexState, sections: Part): Html {
  return html`<header>
      <h1><a href="/ui">lbex</a></h1>
      ${state.lbex && processWords(state.lbex, state.at)}
      <span id="connection" role="status"></span>
    </header>
    <main>${sections}</main>`
}

function processWords({phase, version, pid, startedAt}: ProcessState, now: string): Html {
  return html`<span id="process" data-live
    >${badge(phase)}
    <span class="dim">version ${version}, process ${pid}, started ${ago(startedAt, now)}</span></span
  >`
}
