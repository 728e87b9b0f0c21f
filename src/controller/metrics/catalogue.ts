/**
 * Definitions of all metrics: the registry and docs/metrics.md are generated from them. Names follow
 * https://prometheus.io/docs/practices/naming/. Each label has few values, and series of deleted objects are removed: no label
 * names a Service, a listener or an address.
 */
import type {Counter, Gauge, Histogram} from 'prom-client'
import {DURATIONS, LIVE_DURATIONS, PROGRAMMING_LATENCIES} from './buckets.js'
import {
  ACTIVATION_RESULTS,
  HEALTH_STATES,
  KINDS,
  LIVE_RESULTS,
  PROBE_RESULTS,
  PROTOCOLS,
  RECONCILE_RESULTS,
  RELOAD_REASONS,
  SERVICE_STATES,
  TEST_RESULTS,
  TIMED_RESULTS,
  WORKER_STATES,
  WRITE_KINDS,
  WRITE_RESULTS,
  type LabelValues,
} from './label-values.js'

export type MetricDefinition = {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels?: Readonly<Record<string, LabelValues>>
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
}

/** Milliseconds between two samples of the event loop delay. Ten wake-ups per second have no measurable cost. */
export const EVENT_LOOP_SAMPLING = 100

export const METRICS = {
  buildInfo: {
    name: 'lbex_build_info',
    type: 'gauge',
    help: 'Always 1; the labels hold the versions of lbex and NGINX.',
    labels: {version: 'version of lbex', nginx_version: 'version of NGINX'},
  },
  configInfo: {
    name: 'lbex_config_info',
    type: 'gauge',
    help: 'Always 1; the label holds the generation that NGINX serves. Absent while that is not known.',
    labels: {generation: 'hash of the configuration'},
  },
  lastApplyTime: {
    name: 'lbex_last_apply_success_timestamp_seconds',
    type: 'gauge',
    help: 'Unix time at which NGINX was last confirmed to serve the desired configuration; 0 before the first time.',
  },
  lastApplySuccessful: {
    name: 'lbex_last_apply_successful',
    type: 'gauge',
    help: '1 if the latest desired configuration was applied and confirmed, else 0.',
  },
  reconciles: {
    name: 'lbex_reconcile_total',
    type: 'counter',
    help: 'Reconciles: the objects are read, translated and applied.',
    labels: {result: RECONCILE_RESULTS},
  },
  reconcileDuration: {
    name: 'lbex_reconcile_duration_seconds',
    type: 'histogram',
    help: 'Duration of reconciles, from the end of reading until NGINX confirmed the change, without the holdoff.',
    labels: {result: TIMED_RESULTS},
    buckets: DURATIONS,
  },
  programmingLatency: {
    name: 'lbex_network_programming_duration_seconds',
    type: 'histogram',
    help: 'Time from a change of the endpoints of a served Service, by the timestamp of the cluster, until NGINX serves it.',
    buckets: PROGRAMMING_LATENCIES,
  },
  sourceStale: {
    name: 'lbex_source_stale',
    type: 'gauge',
    help: '1 if a kind had no update for longer than --stale-after, else 0; the last known state continues to be served.',
  },
  sourceStaleness: {
    name: 'lbex_source_staleness_seconds',
    type: 'gauge',
    help: 'Time since the last update of the kind that has waited longest; 0 if the source is files.',
  },
  sourceKindStaleness: {
    name: 'lbex_source_kind_staleness_seconds',
    type: 'gauge',
    help: 'Time since the copy of a kind was last confirmed to be up to date. Absent before the first time.',
    labels: {kind: KINDS},
  },
  sourceLists: {
    name: 'lbex_source_lists_total',
    type: 'counter',
    help: 'List requests that were started.',
    labels: {kind: KINDS},
  },
  sourceWatches: {
    name: 'lbex_source_watches_total',
    type: 'counter',
    help: 'Watch requests that were opened: each one after the first (of each namespace) is a restart.',
    labels: {kind: KINDS},
  },
  services: {
    name: 'lbex_services',
    type: 'gauge',
    help: 'Services that select lbex, as of the last successful reconcile.',
    labels: {state: SERVICE_STATES},
  },
  listeners: {
    name: 'lbex_listeners',
    type: 'gauge',
    help: 'Listeners of the served Services.',
    labels: {protocol: PROTOCOLS},
  },
  upstreamServers: {
    name: 'lbex_upstream_servers',
    type: 'gauge',
    help: 'Upstream servers that receive connections; a server counts once for each port that it serves.',
  },
  unhealthyServers: {
    name: 'lbex_unhealthy_servers',
    type: 'gauge',
    help: 'Servers of a Service that get no connections because they fail their health checks. No series: none.',
    labels: {namespace: 'namespace of the Service', service: 'name of the Service'},
  },
  certificateExpiry: {
    name: 'lbex_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When a certificate that NGINX serves or trusts expires, as Unix time.',
    labels: {namespace: 'namespace of the Secret', secret: 'name of the Secret'},
  },
  healthCheckTargets: {
    name: 'lbex_health_check_targets',
    type: 'gauge',
    help: 'Servers that lbex probes, by the result of their health checks.',
    labels: {state: HEALTH_STATES},
  },
  healthChecks: {
    name: 'lbex_health_checks_total',
    type: 'counter',
    help: 'Probes of servers.',
    labels: {result: PROBE_RESULTS},
  },
  diagnostics: {
    name: 'lbex_diagnostics',
    type: 'gauge',
    help: 'Diagnostics about the objects, as of the last successful reconcile; docs/diagnostics.md explains the codes.',
    labels: {code: 'code of the diagnostic', severity: 'error, warning, info'},
  },
  nginxServing: {
    name: 'lbex_nginx_serving',
    type: 'gauge',
    help: '1 if NGINX runs and answered the last check, else 0.',
  },
  nginxTestDuration: {
    name: 'lbex_nginx_test_duration_seconds',
    type: 'histogram',
    help: 'Duration of nginx -t.',
    labels: {result: TEST_RESULTS},
    buckets: DURATIONS,
  },
  nginxReloads: {
    name: 'lbex_nginx_reloads_total',
    type: 'counter',
    help: 'Reloads of NGINX.',
    labels: {result: ACTIVATION_RESULTS, reason: RELOAD_REASONS},
  },
  nginxReloadDuration: {
    name: 'lbex_nginx_reload_duration_seconds',
    type: 'histogram',
    help: 'Duration of confirmed reloads: until the new workers answer and the old ones accept no more connections.',
    buckets: DURATIONS,
  },
  nginxReloadBackoff: {
    name: 'lbex_nginx_reload_backoff_seconds',
    type: 'gauge',
    help: 'Minimum time between two reloads while many old workers still hold connections; 0 while there are few.',
  },
  liveUpdates: {
    name: 'lbex_live_updates_total',
    type: 'counter',
    help: 'Changes of servers that were tried without a reload: each confirmed one avoided a reload (--live-updates).',
    labels: {result: LIVE_RESULTS},
  },
  liveUpdateDuration: {
    name: 'lbex_live_update_duration_seconds',
    type: 'histogram',
    help: 'Duration of confirmed changes of servers without a reload, from the request until NGINX confirmed it.',
    buckets: LIVE_DURATIONS,
  },
  liveUpstreams: {
    name: 'lbex_live_upstreams',
    type: 'gauge',
    help: 'Upstreams whose servers were changed without a reload since the last reload.',
  },
  liveUpdatesWorking: {
    name: 'lbex_live_updates_working',
    type: 'gauge',
    help: '1 if NGINX accepts changes of servers without a reload, 0 if it does not or if they are off.',
  },
  nginxStarts: {
    name: 'lbex_nginx_starts_total',
    type: 'counter',
    help: 'Starts of NGINX. An NGINX that an earlier lbex left running is adopted and does not count.',
    labels: {result: ACTIVATION_RESULTS},
  },
  nginxUnexpectedExits: {
    name: 'lbex_nginx_unexpected_exits_total',
    type: 'counter',
    help: 'Exits of NGINX that lbex did not cause.',
  },
  nginxWorkers: {
    name: 'lbex_nginx_workers',
    type: 'gauge',
    help: 'NGINX worker processes.',
    labels: {generation: 'hash of the configuration that they serve, or unknown', state: WORKER_STATES},
  },
  drainedConnections: {
    name: 'lbex_drained_connections_total',
    type: 'counter',
    help: 'Connections to servers that are not used any more, ended after their drain timeout.',
  },
  publishWrites: {
    name: 'lbex_publish_writes_total',
    type: 'counter',
    help: 'Requests to the API server that write what lbex publishes.',
    labels: {kind: WRITE_KINDS, result: WRITE_RESULTS},
  },
  publishQueueLength: {
    name: 'lbex_publish_queue_length',
    type: 'gauge',
    help: 'Writes that wait for the rate limit (--publish-qps) or for a retry.',
  },
  publishLeader: {
    name: 'lbex_publish_leader',
    type: 'gauge',
    help: '1 if this lbex writes for its group of hosts.',
  },
} as const satisfies Record<string, MetricDefinition>

type InstrumentTypes = {readonly counter: Counter; readonly gauge: Gauge; readonly histogram: Histogram}

/** What records the values of each metric. */
export type Instruments = {
  readonly [K in keyof typeof METRICS]: InstrumentTypes[(typeof METRICS)[K]['type']]
}
