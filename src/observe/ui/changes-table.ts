/** The last changes of NGINX as a table: reloads, changes without a reload, starts and exits. */
import type {ChangeState, LbexState} from '../../core/state/lbex-state.js'
import {badge} from './badge.js'
import {html, type Html, type Part} from './html.js'
import {ago, counted} from './words.js'

/** Changes that the page shows without a click. */
const FIRST = 10

export function changesTable({history = [], at}: LbexState): Html {
  const [first, rest] = [history.slice(0, FIRST), history.slice(FIRST)]
  return html`<section id="changes" aria-labelledby="changes-title" data-live>
    <h2 id="changes-title">Changes of NGINX</h2>
    ${first.length === 0 ? html`<p class="empty">None since lbex started.</p>` : table(first, at, 'changes-title')}
    ${
      rest.length === 0
        ? undefined
        : html`<details id="earlier">
            <summary id="earlier-title">${counted(rest.length, 'earlier change')}</summary>
            ${table(rest, at, 'earlier-title')}
          </details>`
    }
  </section>`
}

function table(changes: readonly ChangeState[], now: string, title: string): Html {
  return html`<div class="scroll" role="group" aria-labelledby="${title}" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Result</th>
          <th scope="col" class="number extra">Took</th>
          <th scope="col" class="extra">Generation</th>
        </tr>
      </thead>
      <tbody>
        ${changes.map((change) => row(change, now))}
      </tbody>
    </table>
  </div>`
}

function row({at, kind, result, reason, upstreams, seconds, generation}: ChangeState, now: string): Html {
  return html`<tr>
    <td>${ago(at, now)}</td>
    <td>${whatWords(kind, reason, upstreams)}</td>
    <td>${badge(result ?? kind)}</td>
    <td class="number extra">${seconds === undefined ? undefined : `${seconds} s`}</td>
    <td class="extra"><code>${generation}</code></td>
  </tr>`
}

function whatWords(
  kind: ChangeState['kind'],
  reason: string | undefined,
  upstreams: number | undefined,
): Part {
  if (kind === 'exit') return 'NGINX exited'
  if (kind === 'start') return 'NGINX started'
  if (kind === 'live') return `servers of ${counted(upstreams ?? 0, 'upstream')} changed without a reload`
  return `reload${reason === undefined ? '' : ` (${reason})`}`
}
