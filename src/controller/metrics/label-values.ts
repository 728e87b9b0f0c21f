/** The values of the labels of the metrics, and what each of them means. */
import type {ListenerKey} from '../../core/model/listener-key.js'
import type {WriteKind, WriteResult} from '../../publish/paced-writes.js'
import type {
  ActivationResult,
  LiveResult,
  ReloadReason,
  TestResult,
  WorkerGroup,
} from '../../dataplane/data-plane.js'

/** Each value with its meaning if all values are known in advance; otherwise a description of the values. */
export type LabelValues = Readonly<Record<string, string>> | string

export type ReconcileResult = 'applied' | 'unchanged' | 'read_failed' | 'failed'
export type ServiceState = 'served' | 'rejected' | 'quarantined'

export const RECONCILE_RESULTS: Record<ReconcileResult, string> = {
  applied: 'the NGINX configuration was changed, and NGINX confirmed the change',
  unchanged: 'NGINX already served the desired configuration',
  read_failed: 'the cluster or the files could not be read',
  failed: 'the desired configuration could not be applied; NGINX continues to serve the previous one',
}

export const HEALTH_STATES: Record<'healthy' | 'unhealthy', string> = {
  healthy: 'it passes, or was not probed often enough to fail',
  unhealthy: 'it fails, and gets no new connections unless all servers of the upstream fail',
}

export const PROBE_RESULTS: Record<'success' | 'failure', string> = {
  success: 'the server answered as expected',
  failure: 'the server did not answer in time, or not as expected',
}

const {read_failed: _, ...timedResults} = RECONCILE_RESULTS

/** A reconcile that failed to read did no work that could be timed. */
export const TIMED_RESULTS = timedResults

export const SERVICE_STATES: Record<ServiceState, string> = {
  served: 'it has at least one listener',
  rejected: 'it selects lbex but has no listener; an error diagnostic says why',
  quarantined: 'NGINX rejects its configuration: it is left out, or kept at its last good configuration',
}

export const ACTIVATION_RESULTS: Record<ActivationResult, string> = {
  confirmed: 'NGINX serves the new configuration only',
  refused: 'NGINX rejected the new configuration and kept the previous one',
  unconfirmed: 'NGINX did not answer in time',
  died: 'NGINX exited meanwhile',
  abandoned: 'lbex was stopped meanwhile',
  failed: 'any other error',
}

export const TEST_RESULTS: Record<TestResult, string> = {
  accepted: 'the configuration is valid',
  refused: 'the configuration is not valid',
  abandoned: 'another change arrived meanwhile, or lbex was stopped',
  failed: 'nginx -t gave no result',
}

export const RELOAD_REASONS: Record<ReloadReason, string> = {
  change: 'the desired configuration differs from the served one',
  move: 'it differs, and a port moves between a single address and the wildcard address, which takes two reloads',
  consolidate: 'servers that were changed without a reload are written into the configuration of NGINX',
  uncertain:
    'it was not known what NGINX serves, because the previous reload or change of servers was not confirmed',
  interrupted: 'an earlier lbex process ended in the middle of an apply',
}

export const LIVE_RESULTS: Record<LiveResult, string> = {
  confirmed: 'NGINX uses the new servers',
  failed: 'NGINX did not accept or confirm the change; lbex reloads NGINX instead',
}

export const WORKER_STATES: Record<WorkerGroup['state'], string> = {
  current: 'they accept connections',
  leaving: 'they accept no new connections and finish the open ones',
}

export const WRITE_KINDS: Record<WriteKind, string> = {
  status: 'the status of a Service',
  finalizer: 'the finalizer of a Service',
  event: 'an Event',
}

export const WRITE_RESULTS: Record<WriteResult, string> = {
  written: 'the API server made the change',
  conflict: 'the object had changed since it was read; lbex retries',
  absent: 'the object is gone',
  forbidden: 'a permission is missing; lbex retries after 5 minutes',
  refused: 'the API server rejects the object as invalid; lbex retries after 5 minutes',
  failed: 'any other error; lbex retries',
}

export const KINDS = 'Service, EndpointSlice (or Endpoints if the API server has no EndpointSlices), Node'

export const PROTOCOLS: Record<ListenerKey['protocol'], string> = {TCP: 'connections', UDP: 'datagrams'}
