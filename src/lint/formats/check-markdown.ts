/** `lbex check` as Markdown, for a comment on a pull request or the summary of a job. */
import {describeObject, type Diagnostic} from '../../diagnostics/diagnostic.js'
import type {CheckResult} from './check-result.js'
import {checkSummary} from './check-text.js'
import {detailsOf, placeOf} from '../../report/diagnostics-text.js'

export function checkMarkdown(result: CheckResult): string {
  const {diagnostics} = result
  const table = ['| severity | place | finding |', '| --- | --- | --- |', ...diagnostics.map(row)]
  return [
    '### lbex check',
    '',
    checkSummary(result),
    ...(diagnostics.length > 0 ? ['', ...table] : []),
    '',
  ].join('\n')
}

function row(diagnostic: Diagnostic): string {
  const {severity, code, message, object} = diagnostic
  const place = inCode(placeOf(diagnostic) ?? describeObject(object))
  const details = detailsOf(diagnostic).map((line) => `<br>${plain(line)}`)
  return `| ${severity} | ${place} | ${inCode(code)} ${plain(message)}${details.join('')} |`
}

/** HTML instead of backticks: in a table a `|` ends the cell even inside backticks. */
function inCode(text: string): string {
  return `<code>${plain(text)}</code>`
}

/** Escapes all Markdown and HTML. */
function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]#|~@]/g, (character) => `&#${character.charCodeAt(0)};`)
}
