/**
 * The settings of a Service for its listeners: one value that is passed unchanged from the annotations to listener-view.ts, which
 * formats it for the template. A new setting of a listener is a field here and is read below.
 */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {readChoice, readNumbers, readSenders} from './setting-values.js'
import type {AllowedClients} from './source-ranges.js'
import {readTlsSettings, type TlsSettings} from './tls-settings.js'
import {annotationField, readAddress, readBoolean} from './values.js'

export type ListenerSettings = TlsSettings & {
  /** True if NGINX connects to the servers from the client address (transparent proxy_bind). */
  readonly transparent: boolean
  /** Canonical IP address of the DNS server that NGINX uses for this listener. */
  readonly resolver?: string
  /** Canonical CIDR ranges, sorted: only these clients may connect. Absent: all clients. */
  readonly sourceRanges?: readonly string[]
  /** Version of the PROXY protocol header that NGINX sends to the servers. Absent: none. */
  readonly proxyProtocol?: 'v1' | 'v2'
  /** Canonical CIDR ranges, sorted: only these may connect, and each must send a PROXY protocol header. */
  readonly trustedSenders?: readonly string[]
  /** Milliseconds to wait until a server accepts a connection. */
  readonly connectTimeout?: number
  /** Milliseconds without traffic until a connection is closed. */
  readonly idleTimeout?: number
  /** Servers to try for one connection. Absent: all. */
  readonly tries?: number
  /** Connections at a time, of all clients and of one client address, on all addresses of the Service port together. */
  readonly connections?: number
  readonly connectionsPerClient?: number
  /** Bytes per second of one connection, from the client and from the server. */
  readonly uploadRate?: number
  readonly downloadRate?: number
  /** Datagrams of the client in one session, and datagrams of the server in response to each of them. */
  readonly udpRequests?: number
  readonly udpResponses?: number
}

const NUMBERS = {
  connectTimeout: ANNOTATIONS.connectTimeout,
  idleTimeout: ANNOTATIONS.idleTimeout,
  tries: ANNOTATIONS.tries,
  connections: ANNOTATIONS.connections,
  connectionsPerClient: ANNOTATIONS.connectionsPerClient,
  uploadRate: ANNOTATIONS.uploadRate,
  downloadRate: ANNOTATIONS.downloadRate,
  udpRequests: ANNOTATIONS.udpRequests,
  udpResponses: ANNOTATIONS.udpResponses,
}

/** The settings of all listeners of the Service. An invalid value is reported and replaced by its default. */
export function readListenerSettings(
  service: Service,
  clients: AllowedClients,
  report: ReportDiagnostic,
): ListenerSettings {
  const resolver = readAddress(service, ANNOTATIONS.resolver.key, report)
  const proxyProtocol = readChoice(service, ANNOTATIONS.proxyProtocol, report)
  const trustedSenders = readSenders(service, ANNOTATIONS.acceptProxyProtocol, report)
  const numbers = readNumbers(service, NUMBERS, report)
  reportUselessLimit(numbers, report)
  return {
    transparent: readBoolean(service, ANNOTATIONS.passthrough.key, report),
    ...(resolver !== undefined && {resolver}),
    ...(clients !== 'all' && {sourceRanges: clients}),
    ...(proxyProtocol !== 'off' && {proxyProtocol}),
    ...(trustedSenders && {trustedSenders}),
    ...readTlsSettings(service, report),
    ...numbers,
  }
}

function reportUselessLimit(
  {connections, connectionsPerClient}: Pick<ListenerSettings, 'connections' | 'connectionsPerClient'>,
  report: ReportDiagnostic,
): void {
  if (connections === undefined || connectionsPerClient === undefined || connectionsPerClient < connections)
    return
  const {key} = ANNOTATIONS.connectionsPerClient
  const why = `all clients together may have only ${connections} connections`
  const args = {key, why, advice: 'write a smaller number, or remove the annotation'}
  report('setting-unused', {field: annotationField(key), on: 'key', args})
}
