/**
 * `lbex check` as GitHub's workflow commands, which show annotations in a pull request:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type {Diagnostic, Location} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {templateOf, mostSevereFirst, type CheckResult} from './check-result.js'
import {checkSummary} from './check-text.js'
import {detailsOf} from '../../report/diagnostics-text.js'

/** GitHub drops further annotations of one kind in one step. */
const SHOWN = 10

const COMMANDS: Record<Severity, string> = {error: 'error', warning: 'warning', info: 'notice'}

export function checkGithub(result: CheckResult): string {
  const kinds = Object.entries(COMMANDS).map(([severity, command]) => ({
    command,
    found: mostSevereFirst(result.diagnostics).filter((diagnostic) => diagnostic.severity === severity),
  }))
  const commands = kinds.flatMap(({command, found}) =>
    found.slice(0, SHOWN).map((diagnostic) => annotation(command, diagnostic, result)),
  )
  const hidden = kinds
    .filter(({found}) => found.length > SHOWN)
    .map(({command, found}) => `${found.length - SHOWN} of kind ${command}`)
  const rest =
    hidden.length > 0
      ? [`not shown: ${hidden.join(', ')} (GitHub shows ${SHOWN} of each kind in a step)`]
      : []
  return [...commands, ...rest, checkSummary(result), ''].join('\n')
}

function annotation(command: string, diagnostic: Diagnostic, {uriOf}: CheckResult): string {
  const {code, message, location} = diagnostic
  const place = location ? placeOf(location, uriOf) : {}
  const properties = Object.entries({...place, title: code}).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  )
  return `::${command} ${properties.join(',')}::${escapeData([message, ...detailsOf(diagnostic)].join('\n'))}`
}

function placeOf(location: Location, uriOf: CheckResult['uriOf']): object {
  const template = templateOf(location, uriOf)
  const file = fileOf(template ?? location.file, uriOf)
  if (file === undefined) return {}
  return template === undefined ? placeProperties(location, file) : {file, line: 1}
}

/** The path from the root of the repository, or the name as given if it is outside; undefined if it is not a file. */
function fileOf(name: string, uriOf: CheckResult['uriOf']): string | undefined {
  const uri = uriOf(name)
  if (uri === undefined) return undefined
  return uri.startsWith('file:') ? name : decodeURIComponent(uri)
}

/** `endColumn` is allowed only if the range is on one line, and it includes the last character. */
function placeProperties({line, column, endLine, endColumn}: Location, file: string) {
  const base = {file, line, endLine, col: column}
  return endLine === line ? {...base, endColumn: Math.max(column, endColumn - 1)} : base
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
