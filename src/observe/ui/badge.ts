/** A state as a coloured word: the colour repeats what the word says. */
import {html, type Html} from './html.js'

const TONES: Readonly<Record<string, string>> = {
  served: 'good',
  serving: 'good',
  confirmed: 'good',
  healthy: 'good',
  info: 'plain',
  partial: 'warn',
  resumed: 'warn',
  starting: 'warn',
  stopping: 'warn',
  current: 'good',
  stale: 'warn',
  warning: 'warn',
  abandoned: 'warn',
}

/** Words that are not known are bad news. */
export function badge(word: string): Html {
  return html`<span class="badge ${TONES[word] ?? 'bad'}">${word}</span>`
}
