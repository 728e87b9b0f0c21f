/**
 * What a Service says about its listeners, as one value that goes from the annotations to the template: whole, until
 * listener-view.ts puts values into NGINX's form. A new setting of a listener is a field here, read below.
 */
import type {Report} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {AllowedClients} from './source-ranges.js'
import {readAddress, readBoolean} from './values.js'

export type ListenerSettings = {
  /** True if connections to the servers carry the client's address (transparent proxy_bind). */
  readonly transparent: boolean
  /** IP address, in its shortest form, of the DNS server that NGINX uses for this listener; absent: none. */
  readonly resolver?: string
  /** CIDR ranges in their shortest form, sorted: only these clients may connect. Absent: all clients. */
  readonly sourceRanges?: readonly string[]
}

/** The settings of all listeners of the Service. An invalid value is reported and replaced by its default. */
export function readListenerSettings(
  service: Service,
  clients: AllowedClients,
  report: Report,
): ListenerSettings {
  const resolver = readAddress(service, ANNOTATIONS.resolver.key, report)
  return {
    transparent: readBoolean(service, ANNOTATIONS.passthrough.key, report),
    ...(resolver !== undefined && {resolver}),
    ...(clients !== 'all' && {sourceRanges: clients}),
  }
}
