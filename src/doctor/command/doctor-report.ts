/** What `lbex doctor` prints: a line for each finding, and below it what mends it. */
import {Ansis} from 'ansis'
import type {Finding} from '../../diagnostics/finding.js'
import {EXIT, type CommandReport} from '../../report/report.js'

type State = Finding['state']

const STATES: readonly State[] = ['problem', 'warning', 'unknown', 'ok']

/** `colour`: for a terminal. */
export function doctorText(findings: readonly Finding[], colour: boolean): CommandReport {
  const width = Math.max(0, ...findings.map(({check}) => check.length))
  const paint = painter(colour)
  const lines = findings.flatMap(({check, state, message, fix}) => [
    `${paint(state)}  ${check.padEnd(width)}  ${message}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 11)}fix: ${fix}`]),
  ])
  const output = [...lines, summary(findings), ''].join('\n')
  return {output, notes: '', exitCode: exitCodeOf(findings), ...(colour && {colour})}
}

/** One object: `{findings: [{check, state, message, fix}]}`. */
export function doctorJson(findings: readonly Finding[]): CommandReport {
  const output = `${JSON.stringify({findings}, undefined, 2)}\n`
  return {output, notes: '', exitCode: exitCodeOf(findings), medium: 'json'}
}

/** A problem counts before what could not be looked at; a warning does not count. */
function exitCodeOf(findings: readonly Finding[]): number {
  const has = (wanted: State): boolean => findings.some(({state}) => state === wanted)
  if (has('problem')) return EXIT.diagnostics
  return has('unknown') ? EXIT.failure : EXIT.fine
}

function painter(colour: boolean): (state: State) => string {
  const ansis = new Ansis(colour ? 1 : 0)
  const colours = {ok: ansis.green, warning: ansis.yellow, problem: ansis.red, unknown: ansis.cyan}
  return (state) => colours[state](state) + ' '.repeat(7 - state.length)
}

function summary(findings: readonly Finding[]): string {
  const counted = STATES.flatMap((wanted) => {
    const count = findings.filter(({state}) => state === wanted).length
    if (count === 0) return []
    const plural = count > 1 && (wanted === 'problem' || wanted === 'warning') ? 's' : ''
    return [`${count} ${wanted}${plural}`]
  })
  return counted.join(', ')
}
