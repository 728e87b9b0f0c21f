/**
 * Definitions of the traffic metrics; docs/metrics.md is generated from them. A listener has at most 20 series, and a server of a
 * listener four more if they are counted too.
 */
import type {Refusal} from './session-line.js'

/** As MetricDefinition of the other metrics. */
export type TrafficMetric = {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>> | string>>
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[]
}

/** The results of the lines that NGINX sends. */
export type LineResult = 'read' | 'skipped' | 'invalid' | 'unknown' | 'dropped'

const REFUSALS: Record<Refusal, string> = {
  source_range:
    'the client is not in the source ranges of the Service (of a shared listener: counted as no_backend)',
  limit: 'the limit of connections is reached',
  no_backend:
    'the Service has no server, no route matches, or the sender of a PROXY protocol header is not trusted',
  unreachable: 'no server accepted the connection',
  error: 'the PROXY protocol header is not valid, or NGINX had an error',
}

const LINE_RESULTS: Record<LineResult, string> = {
  read: 'counted',
  skipped: 'not read, because there were too many in one second; other lines count for them',
  invalid: 'not sent by this NGINX, or damaged',
  unknown: 'counted as read too, but of a Service that lbex does not know',
  dropped: 'lost, because lbex did not read them in time',
}

const SERVICE = {
  namespace:
    'namespace of the Service; empty if several Services share the listener and none of them is known',
  service: 'name of the Service; empty as the namespace is',
  port: 'port that NGINX listens on; the first one of a range',
  protocol: 'TCP, or UDP: a session of a client, which ends when it is idle',
}
const SERVER = {...SERVICE, server: 'address and port of the server'}
const REASON = {...SERVICE, reason: REFUSALS}

export const TRAFFIC_METRICS = {
  connections: {
    name: 'lbex_connections_total',
    type: 'counter',
    help: 'Connections that ended, also those that NGINX refused.',
    labels: SERVICE,
  },
  refused: {
    name: 'lbex_connections_refused_total',
    type: 'counter',
    help: 'Connections that NGINX accepted and closed without a server.',
    labels: REASON,
  },
  active: {
    name: 'lbex_connections_active',
    type: 'gauge',
    help: 'Open connections, as the kernel counts them. UDP: sockets of this host that are connected to a server of the Service.',
    labels: SERVICE,
  },
  received: {
    name: 'lbex_received_bytes_total',
    type: 'counter',
    help: 'Bytes from clients, of connections that ended.',
    labels: SERVICE,
  },
  sent: {
    name: 'lbex_sent_bytes_total',
    type: 'counter',
    help: 'Bytes to clients, of connections that ended.',
    labels: SERVICE,
  },
  failures: {
    name: 'lbex_connect_failures_total',
    type: 'counter',
    help: 'Attempts to connect to a server that failed; NGINX then tries another server.',
    labels: SERVICE,
  },
  duration: {
    name: 'lbex_connection_duration_seconds',
    type: 'histogram',
    help: 'Duration of connections that were proxied.',
    labels: SERVICE,
    buckets: [1, 60],
  },
  connectTime: {
    name: 'lbex_connect_duration_seconds',
    type: 'histogram',
    help: 'Time until a server accepted the connection.',
    labels: SERVICE,
    buckets: [0.01, 0.1],
  },
  serverConnections: {
    name: 'lbex_server_connections_total',
    type: 'counter',
    help: 'Connections to a server that ended (--metrics-per-server).',
    labels: SERVER,
  },
  serverReceived: {
    name: 'lbex_server_received_bytes_total',
    type: 'counter',
    help: 'Bytes from clients to a server (--metrics-per-server).',
    labels: SERVER,
  },
  serverSent: {
    name: 'lbex_server_sent_bytes_total',
    type: 'counter',
    help: 'Bytes to clients from a server (--metrics-per-server).',
    labels: SERVER,
  },
  serverFailures: {
    name: 'lbex_server_connect_failures_total',
    type: 'counter',
    help: 'Attempts to connect to a server that failed (--metrics-per-server).',
    labels: SERVER,
  },
  lines: {
    name: 'lbex_access_log_lines_total',
    type: 'counter',
    help: 'Lines about connections that NGINX sent to lbex. The traffic metrics are exact while only read ones increase.',
    labels: {result: LINE_RESULTS},
  },
  sampling: {
    name: 'lbex_traffic_sampling_ratio',
    type: 'gauge',
    help: 'Share of the lines that lbex read in the last second: below 1, the traffic metrics are estimates.',
  },
} as const satisfies Record<string, TrafficMetric>
