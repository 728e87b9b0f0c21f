/** Disabled codes and changed severities, for all paths or for some. */
import type {DiagnosticCode} from '../diagnostics/catalogue.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {Severity} from '../diagnostics/rule.js'

export type RuleSettings = {
  readonly disable: readonly DiagnosticCode[]
  readonly severity: ReadonlyMap<DiagnosticCode, Severity>
}

export type Override = RuleSettings & {readonly applies: (file: string) => boolean}

/** Later entries win over earlier ones. */
export type Policy = readonly Override[]

export const EVERYWHERE = (): boolean => true

/** The findings to report, with their configured severity. */
export function applyPolicy(diagnostics: readonly Diagnostic[], policy: Policy): Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const severity = severityOf(diagnostic, policy)
    if (severity === 'off') return []
    return [severity === diagnostic.severity ? diagnostic : {...diagnostic, severity}]
  })
}

function severityOf({code, severity, location, origin}: Diagnostic, policy: Policy): Severity | 'off' {
  const file = location?.file ?? origin?.file ?? ''
  let wanted: Severity | 'off' = severity
  for (const {applies, disable, severity: changed} of policy) {
    if (!applies(file)) continue
    if (disable.includes(code)) wanted = 'off'
    wanted = changed.get(code) ?? wanted
  }
  return wanted
}

/** True for a code that is disabled for all paths. */
export function isOff(code: string, policy: Policy): boolean {
  return policy.some(
    ({applies, disable}) => applies === EVERYWHERE && disable.some((other) => other === code),
  )
}
