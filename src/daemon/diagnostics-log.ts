/** Logs a diagnostic when it appears and when it goes away, not on every turn. */
import {describeField, describeObject, type Diagnostic} from '../diagnostics/diagnostic.js'
import type {LogFields, Logger} from '../runtime/logger.js'

const LEVELS = {error: 'error', warning: 'warn', info: 'info'} as const

export class DiagnosticsLog {
  private known = new Map<string, Diagnostic>()

  constructor(private readonly log: Logger) {}

  /** Takes all diagnostics of a turn. */
  update(diagnostics: readonly Diagnostic[]): void {
    const current = new Map(diagnostics.map((diagnostic) => [identity(diagnostic), diagnostic]))
    for (const [id, diagnostic] of this.known) {
      if (!current.has(id)) this.log.info('diagnostic gone', fields(diagnostic))
    }
    for (const [id, diagnostic] of current) {
      if (!this.known.has(id))
        this.log[LEVELS[diagnostic.severity]]('diagnostic appeared', fields(diagnostic))
    }
    this.known = current
  }
}

/** Where it stands does not count: a line more above it makes no other finding. */
function identity({code, object, field = [], message}: Diagnostic): string {
  return JSON.stringify([code, object.kind, object.namespace, object.name, field, message])
}

function fields({code, message, object, field, location, hint}: Diagnostic): LogFields {
  return {
    code,
    object: describeObject(object),
    problem: message,
    ...(field?.length && {field: describeField(field)}),
    ...(location && {place: `${location.file}:${location.line}:${location.column}`}),
    ...(hint && {hint}),
  }
}
