/** The part of the status page about one Service: its listeners with their servers, its diagnostics and its traffic. */
import type {ListenerState, ServerState, ServiceState} from '../../core/state/service-state.js'
import {badge} from './badge.js'
import {html, type Html, type Part} from './html.js'
import {trendGraph} from './overview.js'
import {diagnosticList} from './problems.js'
import type {Trend} from './trends.js'
import {ago, bytesPerSecond, counted, perSecond, whole} from './words.js'

/** Servers of all listeners that the page shows, but for LEAST_SERVERS of each listener: lbex does nothing else meanwhile. */
const MOST_SERVERS = 1000
const LEAST_SERVERS = 3

export function servicePage(service: ServiceState, now: string, trend: Trend | undefined): Html {
  const {namespace, name, state, reason, listeners, diagnostics} = service
  const most = Math.max(LEAST_SERVERS, Math.floor(MOST_SERVERS / listeners.length))
  return html`<section id="service" aria-labelledby="service-title" data-live>
    <p><a href="/ui">All Services</a></p>
    <h2 id="service-title">${namespace}/${name} ${badge(state)}</h2>
    ${reason === undefined ? undefined : html`<p class="reason">${reason}</p>`}
    ${trend && trafficGraphs(trend)}
    <h3>${counted(listeners.length, 'listener')}</h3>
    ${listeners.map((listener, index) => listenerPart(listener, {now, index, most}))}
    <h3>${counted(diagnostics.length, 'diagnostic')}</h3>
    ${diagnosticList(diagnostics.map((diagnostic) => ({object: undefined, diagnostic})))}
    <p class="hint">
      On the host, <code>lbex explain ${namespace}/${name}</code> shows each decision about it.
    </p>
  </section>`
}

/** For a name that no Service has that asks for lbex. */
export function missingServicePage(name: string): Html {
  return html`<section id="service" aria-labelledby="service-title" data-live>
    <p><a href="/ui">All Services</a></p>
    <h2 id="service-title">${name}</h2>
    <p class="empty">
      This lbex does not serve a Service of this name. On the host, <code>lbex explain ${name}</code> says
      why.
    </p>
  </section>`
}

function trafficGraphs({connections, rate, bytes}: Trend): Html {
  const graphs = [
    ['Connections', connections, whole],
    ['New connections', rate, perSecond],
    ['Traffic', bytes, bytesPerSecond],
  ] as const
  return html`<div class="cards">
    ${graphs.map(
      ([title, values, words]) =>
        html`<div class="card">
          <h3>${title}</h3>
          <p class="main">${words(values.at(-1) ?? 0)}</p>
          <p>${trendGraph(title, values, words)}</p>
        </div>`,
    )}
  </div>`
}

type ListenerContext = {
  readonly now: string
  readonly index: number
  /** Servers to show. */
  readonly most: number
}

function listenerPart(listener: ListenerState, {now, index, most}: ListenerContext): Html {
  const {state, reason, since, hosts, check, servers, servicePort, portName} = listener
  const facts = [
    `port ${servicePort}${portName === '' ? '' : `/${portName}`} of the Service`,
    hosts && `for ${hosts.join(', ')}`,
    check === undefined ? 'servers are not checked' : `servers are checked by ${check}`,
  ]
  return html`<div class="listener">
    <h4 id="listener-${index}"><code>${listener.listener}</code> ${badge(state)}</h4>
    <p class="dim">
      ${facts.filter(Boolean).join('; ')}${since === undefined ? undefined : html`; since ${ago(since, now)}`}
    </p>
    ${reason === undefined ? undefined : html`<p class="reason">${reason}</p>`}
    ${servers.length === 0 ? undefined : serversTable(servers, index, most)}
  </div>`
}

function serversTable(servers: readonly ServerState[], index: number, most: number): Html {
  const shown = firstOf(servers, most)
  return html`<div class="scroll" role="group" aria-labelledby="listener-${index}" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">Health</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(serverRow)}
        </tbody>
      </table>
    </div>
    ${servers.length > most ? html`<p class="dim">and ${servers.length - most} more</p>` : undefined}`
}

/** If not all are shown, those that fail come first. */
function firstOf(servers: readonly ServerState[], most: number): readonly ServerState[] {
  if (servers.length <= most) return servers
  const failing = servers.filter(({healthy}) => !healthy)
  return [...failing, ...servers.filter(({healthy}) => healthy)].slice(0, most)
}

function serverRow({address, healthy, problem}: ServerState): Html {
  const why: Part = problem === undefined ? undefined : html`<span class="reason">${problem}</span>`
  return html`<tr>
    <td><code>${address}</code></td>
    <td>${badge(healthy ? 'healthy' : 'failed')}${why}</td>
  </tr>`
}
