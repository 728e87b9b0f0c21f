/** Conflicts and the other diagnostics, with hints: the errors first. */
import type {LbexState} from '../../core/state/lbex-state.js'
import type {DiagnosticState} from '../../core/state/service-state.js'
import {badge} from './badge.js'
import {html, type Html, type Part} from './html.js'
import {linkToService} from './page-query.js'
import {counted} from './words.js'

/** Diagnostics that the page shows: the filter finds the others. */
const MOST = 50

type Problem = {
  readonly object: Part
  readonly diagnostic: DiagnosticState
}

/** `service`: NAMESPACE/NAME; absent if it is about another object. */
type Found = {readonly service?: string; readonly object: string; readonly diagnostic: DiagnosticState}

const SEVERITIES = ['error', 'warning', 'info']

export function problems(state: LbexState): Html {
  const all = problemsOf(state)
  const shown = all.slice(0, MOST).map(problemOf)
  return html`<section id="problems" aria-labelledby="problems-title" data-live>
    <h2 id="problems-title">Problems <small>${counted(all.length, 'diagnostic')}</small></h2>
    ${codes(all)} ${shown.length === 0 ? html`<p class="empty">None.</p>` : diagnosticList(shown)}
    ${
      all.length > MOST
        ? html`<p>${all.length - MOST} more: <a href="/ui?state=problems">all Services with problems</a></p>`
        : undefined
    }
  </section>`
}

export function diagnosticList(problems: readonly Problem[]): Html {
  return html`<ul class="problems">
    ${problems.map(
      ({object, diagnostic: {severity, code, message, hint}}) =>
        html`<li>
          <p>${badge(severity)} ${object} <code>${code}</code></p>
          <p>${message}</p>
          ${hint === undefined ? undefined : html`<p class="hint">${hint}</p>`}
        </li>`,
    )}
  </ul>`
}

/** Only what is shown becomes HTML: thousands of Services may have diagnostics. */
function problemsOf({services, diagnostics}: LbexState): Found[] {
  const bySeverity = new Map<string, Found[]>(SEVERITIES.map((severity) => [severity, []]))
  for (const {namespace, name, diagnostics: own} of services) {
    const object = `${namespace}/${name}`
    for (const diagnostic of own)
      bySeverity.get(diagnostic.severity)?.push({service: object, object, diagnostic})
  }
  for (const diagnostic of diagnostics)
    bySeverity.get(diagnostic.severity)?.push({object: diagnostic.object, diagnostic})
  return [...bySeverity.values()].flat()
}

function problemOf({service, object, diagnostic}: Found): Problem {
  return {
    object: service === undefined ? object : html`<a href="${linkToService(service)}">${object}</a>`,
    diagnostic,
  }
}

/** How often each code appears: the link filters the Services. */
function codes(all: readonly Found[]): Part {
  const counts = new Map<string, number>()
  for (const {diagnostic} of all) counts.set(diagnostic.code, (counts.get(diagnostic.code) ?? 0) + 1)
  if (counts.size < 2) return undefined
  return html`<p class="codes">
    ${[...counts].map(([code, count]) => html`<a href="/ui?q=${encodeURIComponent(code)}">${code} ${count}</a> `)}
  </p>`
}
