/** `lbex check --explain` and `--list-rules`. */
import {UsageError} from '../../cli/usage-error.js'
import {EXAMPLES} from '../../diagnostics/examples/examples.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {explainText, rulesJson, rulesText} from '../formats/rules-report.js'
import type {AllCheckFlags} from './check-task.js'

export function explain({explain: code, format = [{format: 'text'}]}: AllCheckFlags): CommandReport {
  const [first] = format
  const name = first?.format ?? 'text'
  if (name !== 'text' && name !== 'json')
    throw new UsageError(`rules are available as text or json, not as ${name}`, 'add --format json')
  if (code !== undefined) {
    const output = name === 'json' ? rulesJson([code], EXAMPLES) : explainText(code, EXAMPLES[code])
    return {output, notes: '', exitCode: EXIT.fine, medium: name}
  }
  return {
    output: name === 'json' ? rulesJson(undefined, EXAMPLES) : rulesText(),
    notes: '',
    exitCode: EXIT.fine,
    medium: name,
  }
}
