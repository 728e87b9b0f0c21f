/** Creates the diagnostic `port-held` for the translator (which skips one listener) and the data plane (which skips a file). */
import type {BindError} from '../../diagnostics/bind-error.js'
import {diagnose, type Diagnostic, type DiagnosticDetails} from '../../diagnostics/diagnostic.js'
import {describeListeners, type ListenerKey} from './listener-key.js'

export type HeldPort = {
  readonly key: ListenerKey
  readonly error: BindError
  /** True if the last good configuration of the Service stays active. */
  readonly kept?: boolean
  /** The listeners of a range that NGINX cannot have for the same reason, with `key`. Absent: only `key`. */
  readonly all?: readonly ListenerKey[]
}

/** `place`: the Service that requests the listener, and the field with the request if it is known. */
export function diagnosePortHeld(
  {key, error, kept, all = [key]}: HeldPort,
  place: Pick<DiagnosticDetails<'port-held'>, 'subject' | 'field'>,
): Diagnostic {
  const command = `ss -Hnlp${key.protocol === 'TCP' ? 't' : 'u'} 'sport = :${key.port}'`
  return diagnose('port-held', {
    ...place,
    args: {
      listener: describeListeners(all),
      count: all.length,
      error,
      command,
      ...(kept !== undefined && {kept}),
    },
  })
}
