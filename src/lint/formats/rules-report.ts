/** The catalogue as text or JSON: one rule with its examples, or a list of all rules. */
import {CATALOGUE, CODES, type DiagnosticCode} from '../../diagnostics/catalogue.js'
import type {Example} from '../../diagnostics/examples/example.js'
import {FIRST_VERSION, type Severity} from '../../diagnostics/rule.js'

type Examples = Readonly<Record<DiagnosticCode, Example>>
type RuleText = {readonly severity: Severity; readonly reason: string; readonly since?: string}

/** One line per rule. */
export function rulesText(): string {
  const width = Math.max(...CODES.map((code) => code.length))
  return CODES.map((code) => {
    const {severity, reason}: RuleText = CATALOGUE[code]
    return `${code.padEnd(width)}  ${severity.padEnd(7)}  ${reason}\n`
  }).join('')
}

/** A list of `{code, severity, reason, since, bad, good}`; default: all rules. */
export function rulesJson(codes: readonly DiagnosticCode[] = CODES, examples: Examples): string {
  const rules = codes.map((code) => {
    const {severity, reason, since = FIRST_VERSION}: RuleText = CATALOGUE[code]
    return {code, severity, reason, since, ...examples[code]}
  })
  return `${JSON.stringify(rules, undefined, 2)}\n`
}

export function explainText(code: DiagnosticCode, example: Example): string {
  const {severity, reason, since = FIRST_VERSION}: RuleText = CATALOGUE[code]
  const shown = 'never' in example ? remedyLines(example) : exampleLines(example)
  return [`${code}: ${severity}, since ${since}`, '', reason, '', ...shown, ''].join('\n')
}

function remedyLines({never, remedy}: Extract<Example, {never: string}>): string[] {
  return [`No manifest causes it: ${never}.`, `What to do: ${remedy}.`]
}

function exampleLines({bad, good, flags}: Exclude<Example, {never: string}>): string[] {
  const indented = (text: string): string[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`.trimEnd())
  const called = flags ? [`With lbex check ${flags.join(' ')}:`, ''] : []
  return [...called, 'Bad:', '', ...indented(bad), '', 'Good:', '', ...indented(good)]
}
