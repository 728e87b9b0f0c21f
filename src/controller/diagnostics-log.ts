/** Logs a diagnostic when it appears and when it is cleared, not on every reconcile. */
import {describeField, describeObject, type Diagnostic} from '../diagnostics/diagnostic.js'
import type {Severity} from '../diagnostics/rule.js'
import type {LogFields, Logger} from '../util/logger.js'

/** Maximum number of lines for new and for cleared diagnostics of one reconcile: thousands of Services may change at once. */
const MOST_LOGGED = 100

const LEVELS = {error: 'error', warning: 'warn', info: 'info'} as const

export class DiagnosticsLog {
  private known = new Map<string, Diagnostic>()

  constructor(private readonly log: Logger) {}

  /** `diagnostics`: all diagnostics of a reconcile. */
  update(diagnostics: readonly Diagnostic[]): void {
    const current = new Map(diagnostics.map((diagnostic) => [identity(diagnostic), diagnostic]))
    const cleared = [...this.known].filter(([id]) => !current.has(id))
    const appeared = [...current].filter(([id]) => !this.known.has(id))
    this.logSome(cleared, 'cleared', () => 'info')
    this.logSome(appeared, 'appeared', ({severity}) => LEVELS[severity])
    this.known = current
  }

  private logSome(
    entries: readonly (readonly [string, Diagnostic])[],
    what: 'appeared' | 'cleared',
    levelOf: (diagnostic: Diagnostic) => (typeof LEVELS)[Severity],
  ): void {
    for (const [, diagnostic] of entries.slice(0, MOST_LOGGED))
      this.log[levelOf(diagnostic)](`diagnostic ${what}`, {
        ...fields(diagnostic),
        ...(what === 'cleared' && {cleared: true}),
      })
    const rest = entries.slice(MOST_LOGGED).map(([, {code}]) => code)
    if (rest.length === 0) return
    const codes = Object.fromEntries([...new Set(rest)].sort().map((code) => [code, countOf(code, rest)]))
    this.log[what === 'cleared' ? 'info' : 'warn'](`more diagnostics ${what}`, {count: rest.length, codes})
  }
}

function countOf(code: string, codes: readonly string[]): number {
  return codes.filter((other) => other === code).length
}

/** Without the location: a new line above it in the file does not make it another diagnostic. */
function identity({code, object, field = [], message}: Diagnostic): string {
  return JSON.stringify([code, object.kind, object.namespace, object.name, field, message])
}

function fields({code, message, object, field, location, hint}: Diagnostic): LogFields {
  return {
    code,
    object: describeObject(object),
    problem: message,
    ...(field?.length && {field: describeField(field)}),
    ...(location && {location: `${location.file}:${location.line}:${location.column}`}),
    ...(hint && {hint}),
  }
}
