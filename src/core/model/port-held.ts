/** Creates the diagnostic `port-held` for the translator (which skips one listener) and the data plane (which skips a file). */
import type {BindError} from '../../diagnostics/bind-error.js'
import {diagnose, type Diagnostic, type DiagnosticDetails} from '../../diagnostics/diagnostic.js'
import {listenerId, type ListenerKey} from './listener-key.js'

export type HeldPort = {
  readonly key: ListenerKey
  readonly error: BindError
  /** True if the last good configuration of the Service stays active. */
  readonly kept?: boolean
}

/** `place`: the Service that requests the listener, and the field with the request if it is known. */
export function diagnosePortHeld(
  {key, error, kept}: HeldPort,
  place: Pick<DiagnosticDetails<'port-held'>, 'subject' | 'field'>,
): Diagnostic {
  const command = `ss -Hnlp${key.protocol === 'TCP' ? 't' : 'u'} 'sport = :${key.port}'`
  return diagnose('port-held', {
    ...place,
    args: {listener: listenerId(key), error, command, ...(kept !== undefined && {kept})},
  })
}
