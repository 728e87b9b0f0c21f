/** `lbex check` as one JSON object: `{version, summary, diagnostics}`. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import type {CheckResult} from './check-result.js'
import {diagnosticJson} from '../../report/diagnostics-json.js'

export function checkJson({version, diagnostics, edits, services, files}: CheckResult): string {
  const value = {
    version,
    summary: {
      errors: count(diagnostics, 'error'),
      warnings: count(diagnostics, 'warning'),
      infos: count(diagnostics, 'info'),
      services: services.length,
      files,
    },
    diagnostics: diagnostics.map((diagnostic) => {
      const edit = edits.get(diagnostic)
      return {...diagnosticJson(diagnostic), ...(edit && {fix: edit})}
    }),
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function count(diagnostics: readonly Diagnostic[], severity: Severity): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
}
