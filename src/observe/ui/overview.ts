/** The cards at the top of the status page: Services, traffic, NGINX, and the copy of the cluster. */
import type {KindState, LbexState, NginxState, SourceState} from '../../core/state/lbex-state.js'
import {badge} from './badge.js'
import {html, type Html, type Part} from './html.js'
import {sparkline} from './sparkline.js'
import type {Trend} from './trends.js'
import {bytesPerSecond, counted, duration, perSecond, whole} from './words.js'

export function overview(state: LbexState, trend: Trend | undefined): Html {
  const {nginx, source} = state
  return html`<section id="overview" aria-label="Overview" data-live>
    ${alerts(state)}
    <div class="cards">
      ${servicesCard(state)} ${nginx && nginxCard(nginx)} ${source && sourceCard(source)}
    </div>
    ${state.traffic && html`<div class="cards">${trafficCards(trend, state.traffic.samplingRatio)}</div>`}
  </section>`
}

function card(title: string, main: Part, ...rest: Part[]): Html {
  return html`<div class="card">
    <h2>${title}</h2>
    <p class="main">${main}</p>
    ${rest.map((part) => part && html`<p>${part}</p>`)}
  </div>`
}

function servicesCard({summary}: LbexState): Html {
  const {read, selected, served, partial, notServed, errors, warnings} = summary
  const others = [
    partial > 0 && `${whole(partial)} in part`,
    notServed > 0 && `${whole(notServed)} not served`,
  ]
  const rest = others.filter((part) => part !== false)
  return card(
    'Services',
    html`${whole(served)} <small>of ${whole(selected)} served</small>`,
    rest.length > 0 ? rest.join(', ') : undefined,
    `${counted(errors, 'error')}, ${counted(warnings, 'warning')}; ${counted(read, 'Service')} in the cluster`,
  )
}

function nginxCard({version, serving, generation, oldWorkers, liveUpdates}: NginxState): Html {
  return card(
    'NGINX',
    badge(serving ? 'serving' : 'not serving'),
    html`version ${version}${generation === undefined ? '' : html`, generation <code>${generation}</code>`}`,
    liveWords(liveUpdates),
    oldWorkers > 0 ? `${counted(oldWorkers, 'old worker')} with open connections` : undefined,
  )
}

function liveWords(live: NginxState['liveUpdates']): string {
  if (!live) return 'every change is a reload'
  if (!live.working) return 'changes of servers take a reload: NGINX does not accept them live'
  return `changes of servers are live; ${counted(live.upstreams, 'upstream')} changed since the last reload`
}

function sourceCard({stale, kinds}: SourceState): Html {
  if (kinds.length === 0) return card('Source', 'files', 'lbex reads manifests, not a cluster')
  return card('Cluster', badge(stale ? 'stale' : 'current'), ...kinds.map(kindWords))
}

function kindWords({kind, age, problem}: KindState): Part {
  if (problem !== undefined) return html`<strong>${kind}</strong>: ${problem}`
  return `${kind}: ${age === undefined ? 'not read yet' : `confirmed ${duration(age)} ago`}`
}

function trafficCards(trend: Trend | undefined, ratio: number): Part {
  const note = ratio < 1 ? 'estimates: there are too many connections to count each' : undefined
  if (!trend) return card('Traffic', html`<small>the first samples are taken</small>`, note)
  const last = (values: readonly number[]): number => values.at(-1) ?? 0
  const graphs = [
    ['Connections', trend.connections, whole],
    ['New connections', trend.rate, perSecond],
    ['Traffic', trend.bytes, bytesPerSecond],
  ] as const
  return graphs.map(([title, values, words]) =>
    card(title, words(last(values)), trendGraph(title, values, words), note),
  )
}

/** The graph, which says its range in words too. */
export function trendGraph(title: string, values: readonly number[], words: (value: number) => string): Html {
  const range = `${words(Math.min(...values))} to ${words(Math.max(...values))}`
  return html`${sparkline(values, `${title} in the last ten minutes: ${range}`)}<small
      >last 10 min: ${range}</small
    >`
}

const PHASES = {
  starting: ['nothing has been applied yet'],
  resumed: ['nothing could be read yet: NGINX serves the configuration of an earlier lbex'],
  serving: [],
  stopping: ['lbex is stopping'],
}

function alerts({lbex, nginx}: LbexState): Part {
  const lines = [
    ...(lbex ? [...PHASES[lbex.phase], ...lbex.problems] : []),
    ...(nginx && !nginx.serving ? ['NGINX does not serve'] : []),
  ]
  if (lines.length === 0) return undefined
  return html`<ul class="alerts">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`
}
