/**
 * Every metric of lbex, once: the registry and docs/metrics.md are made from this. Names follow
 * https://prometheus.io/docs/practices/naming/. A label takes few values, and those of what is gone go with it: there is
 * none for a Service, a listener or an address.
 */
import type {ListenerKey} from '../../core/model/listener-key.js'
import type {ActivationResult, ReloadReason, TestResult, WorkerGroup} from '../../dataplane/data-plane.js'

/** Each value with its meaning, where they are known beforehand; else in words what the values are. */
export type LabelValues = Readonly<Record<string, string>> | string

export type MetricDefinition = {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels?: Readonly<Record<string, LabelValues>>
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[]
}

export type ReconcileResult = 'applied' | 'unchanged' | 'unread' | 'failed'
export type ServiceState = 'served' | 'rejected' | 'quarantined'

const RECONCILE_RESULTS: Record<ReconcileResult, string> = {
  applied: 'NGINX was changed, and confirmed the change',
  unchanged: 'NGINX serves what is wanted already',
  unread: 'the cluster or the files could not be read',
  failed: 'what is wanted could not be applied; what was served is served on',
}

/** One that could not read took no time of ours. */
const {unread: _, ...TIMED_RESULTS} = RECONCILE_RESULTS

const SERVICE_STATES: Record<ServiceState, string> = {
  served: 'it has a listener at least',
  rejected: 'it asks to be served and is not: an error says why',
  quarantined: 'NGINX cannot serve it as it is: it is left out, or kept at its last good configuration',
}

const ACTIVATION_RESULTS: Record<ActivationResult, string> = {
  confirmed: 'NGINX serves the new configuration, and nothing else',
  refused: 'NGINX refused it, and kept what it had',
  unconfirmed: 'NGINX gave no answer in time',
  died: 'NGINX died meanwhile',
  abandoned: 'lbex was told to stop meanwhile',
  failed: 'something else was in the way',
}

const TEST_RESULTS: Record<TestResult, string> = {
  accepted: 'the configuration is good',
  refused: 'it is not',
  abandoned: 'more changes came meanwhile, or lbex was told to stop',
  failed: 'there was no verdict',
}

const RELOAD_REASONS: Record<ReloadReason, string> = {
  change: 'the wanted configuration differs',
  move: 'it differs, and a port moves between one address and the wildcard, which takes two reloads',
  uncertain: 'it was not known what NGINX serves, after a reload that was not confirmed',
  interrupted: 'an lbex that ended in the middle of an apply had left it unfinished',
}

const WORKER_STATES: Record<WorkerGroup['state'], string> = {
  current: 'they accept connections',
  leaving: 'they finish the connections that they have, and accept none',
}

const KINDS = 'Service, EndpointSlice (or Endpoints, where the API has only these), Node'

const PROTOCOLS: Record<ListenerKey['protocol'], string> = {TCP: 'connections', UDP: 'datagrams'}

/** Seconds: from the test of a small configuration to a reload that does not come to an end. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Those of kube-proxy: https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/metrics/metrics.go */
const PROGRAMMING_LATENCIES = [0.25, 0.5, ...steps(1, 59, 1), ...steps(60, 115, 5), ...steps(120, 300, 30)]

/** Milliseconds between two looks at how late the event loop is: ten wake-ups a second cost nothing that shows. */
export const EVENT_LOOP_LOOK = 100

export const METRICS = {
  buildInfo: {
    name: 'lbex_build_info',
    type: 'gauge',
    help: 'Always 1; its labels tell what is running.',
    labels: {version: 'that of lbex', nginx_version: 'that of NGINX'},
  },
  configInfo: {
    name: 'lbex_config_info',
    type: 'gauge',
    help: 'Always 1; its label tells which configuration NGINX serves. Absent while that is not certain.',
    labels: {generation: 'hash of the configuration'},
  },
  lastApplyTime: {
    name: 'lbex_last_apply_success_timestamp_seconds',
    type: 'gauge',
    help: 'When NGINX was last confirmed to serve what is wanted, as Unix time; 0 before the first time.',
  },
  lastApplySuccessful: {
    name: 'lbex_last_apply_successful',
    type: 'gauge',
    help: '1 where what was wanted last has been applied and confirmed, 0 where it has not.',
  },
  reconciles: {
    name: 'lbex_turns_total',
    type: 'counter',
    help: 'Turns of the loop: what is wanted is read, translated and applied.',
    labels: {result: RECONCILE_RESULTS},
  },
  reconcileDuration: {
    name: 'lbex_turn_duration_seconds',
    type: 'histogram',
    help: 'How long turns took, from when all was read until NGINX had confirmed, without the holdoff.',
    labels: {result: TIMED_RESULTS},
    buckets: DURATIONS,
  },
  programmingLatency: {
    name: 'lbex_network_programming_duration_seconds',
    type: 'histogram',
    help: 'From a change of the endpoints of a served Service, as the cluster dates it, until NGINX serves it.',
    buckets: PROGRAMMING_LATENCIES,
  },
  sourceStale: {
    name: 'lbex_source_stale',
    type: 'gauge',
    help: '1 where a kind has gone without news for longer than --stale-after; what is known is served on.',
  },
  sourceStaleness: {
    name: 'lbex_source_staleness_seconds',
    type: 'gauge',
    help: 'Time since the last news of the kind that has waited longest; 0 where files are read.',
  },
  sourceKindStaleness: {
    name: 'lbex_source_kind_staleness_seconds',
    type: 'gauge',
    help: 'Time since the last proof that what is known of a kind is up to date. Absent before the first.',
    labels: {kind: KINDS},
  },
  sourceLists: {
    name: 'lbex_source_lists_total',
    type: 'counter',
    help: 'Lists of a kind that were begun.',
    labels: {kind: KINDS},
  },
  sourceWatches: {
    name: 'lbex_source_watches_total',
    type: 'counter',
    help: 'Watches of a kind that were opened: each after the first (of each namespace) is a restart.',
    labels: {kind: KINDS},
  },
  services: {
    name: 'lbex_services',
    type: 'gauge',
    help: 'Services that ask for lbex, as of the last good turn.',
    labels: {state: SERVICE_STATES},
  },
  listeners: {
    name: 'lbex_listeners',
    type: 'gauge',
    help: 'Listeners of the Services that are served.',
    labels: {protocol: PROTOCOLS},
  },
  upstreamServers: {
    name: 'lbex_upstream_servers',
    type: 'gauge',
    help: 'Servers that the listeners pass connections to; one counts again for each port that it serves.',
  },
  diagnostics: {
    name: 'lbex_diagnostics',
    type: 'gauge',
    help: 'Findings about the objects that were read, as of the last good turn; docs/diagnostics.md explains the codes.',
    labels: {code: 'code of the finding', severity: 'error, warning, info'},
  },
  nginxServing: {
    name: 'lbex_nginx_serving',
    type: 'gauge',
    help: '1 where NGINX runs and answered when it was last asked.',
  },
  nginxTestDuration: {
    name: 'lbex_nginx_test_duration_seconds',
    type: 'histogram',
    help: 'How long nginx -t took.',
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
    help: 'How long reloads took until they were confirmed: the new workers answer, the old ones accept nothing more.',
    buckets: DURATIONS,
  },
  nginxReloadPressure: {
    name: 'lbex_nginx_reload_pressure_seconds',
    type: 'gauge',
    help: 'Least time between two reloads, for the sake of old workers that still hold connections; 0 while there are few.',
  },
  nginxStarts: {
    name: 'lbex_nginx_starts_total',
    type: 'counter',
    help: 'Starts of NGINX; one that an earlier lbex left running is adopted instead.',
    labels: {result: ACTIVATION_RESULTS},
  },
  nginxDeaths: {
    name: 'lbex_nginx_deaths_total',
    type: 'counter',
    help: 'How often NGINX was gone although nobody had ended it.',
  },
  nginxWorkers: {
    name: 'lbex_nginx_workers',
    type: 'gauge',
    help: 'Workers of NGINX.',
    labels: {generation: 'hash of the configuration that they serve, or unknown', state: WORKER_STATES},
  },
} as const satisfies Record<string, MetricDefinition>

/** `first`, then each `step` more, up to and including `last`. */
function steps(first: number, last: number, step: number): number[] {
  return Array.from({length: (last - first) / step + 1}, (_, index) => first + index * step)
}
