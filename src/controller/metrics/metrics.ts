/**
 * The content of /metrics. Events are counted when they happen; gauges of the current state are set when the page is requested.
 * No other module of lbex loads prom-client.
 */
import {collectDefaultMetrics, Counter, Gauge, Histogram, Registry} from 'prom-client'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {LiveStatus, NginxEvent, NginxStatus, Observe, WorkerGroup} from '../../dataplane/data-plane.js'
import type {NginxCapabilities} from '../../dataplane/nginx-capabilities.js'
import type {KindFreshness} from '../../sources/snapshot-source.js'
import type {ProbeCounts} from '../../health/monitor.js'
import type {Clock} from '../../util/clock.js'
import type {Page} from '../health-server.js'
import type {FinishedReconcile} from '../loop.js'
import type {ReconcileOutcome} from '../reconcile.js'
import type {OnWrite} from '../../publish/paced-writes.js'
import type {Staleness} from '../staleness.js'
import type {DaemonStatus} from '../status.js'
import {EVENT_LOOP_SAMPLING, METRICS, type Instruments, type MetricDefinition} from './catalogue.js'
import {countReconcile, observeLatencies, setDiagnosticGauges, setServiceGauges} from './outcome-metrics.js'

/** The state of lbex and NGINX at the time of a scrape. */
export type CurrentState = {
  readonly capabilities: NginxCapabilities
  readonly status: Pick<DaemonStatus, 'synced' | 'failure'>
  readonly nginx: NginxStatus
  /** What a restart of NGINX left out since the last successful reconcile. */
  readonly leftOut: readonly Diagnostic[]
  /** Absent if servers change only with a reload. */
  readonly live?: LiveStatus | undefined
  readonly workers: readonly WorkerGroup[]
  /** Milliseconds. */
  readonly reloadPressure: number
  readonly freshness: readonly KindFreshness[]
  readonly staleness: Staleness
  /** Absent if no server is probed. */
  readonly health?: ProbeCounts | undefined
  /** Absent if nothing is published. */
  readonly publishing?: {readonly waiting: number; readonly isLeader: boolean} | undefined
}

export class Metrics {
  private readonly registry = new Registry()
  private readonly instruments: Instruments
  /** What NGINX serves, until a scrape shows it. */
  private unshown: ReconcileOutcome | undefined
  /** Diagnostics of what NGINX serves. */
  private diagnostics: readonly Diagnostic[] = []

  /** `version`: version of lbex. */
  constructor(
    private readonly clock: Clock,
    private readonly version: string,
  ) {
    this.instruments = createInstruments(this.registry)
    collectProcessMetrics(this.registry)
  }

  readonly observe: Observe = (event) => countNginxEvent(this.instruments, event)

  countReconcile(finished: FinishedReconcile): void {
    countReconcile(this.instruments, finished, this.clock.now())
    if ('outcome' in finished) this.show(finished.outcome)
  }

  /** A part of a change waits for a reload: the outcome has the rest. */
  notePartlyServed(outcome: ReconcileOutcome): void {
    observeLatencies(this.instruments, outcome, this.clock.now())
    this.show(outcome)
  }

  readonly noteWrite: OnWrite = (kind, result) => this.instruments.publishWrites.inc({kind, result})

  readonly noteDrained = (connections: number): void => this.instruments.drainedConnections.inc(connections)

  private show(outcome: ReconcileOutcome): void {
    this.unshown = outcome
    this.diagnostics = outcome.diagnostics
  }

  /** In the Prometheus text format. */
  async page(state: CurrentState): Promise<Page & {readonly text: string}> {
    setCurrentGauges(this.instruments, this.version, state)
    if (this.unshown) setServiceGauges(this.instruments, this.unshown)
    this.unshown = undefined
    setDiagnosticGauges(this.instruments, [...this.diagnostics, ...state.leftOut])
    return {type: this.registry.contentType, text: await this.registry.metrics()}
  }
}

export function createInstruments(registry: Registry): Instruments {
  const entries = Object.entries<MetricDefinition>(METRICS)
  return Object.fromEntries(
    entries.map(([key, definition]) => [key, createInstrument(definition, registry)]),
  ) as Instruments
}

/** Starts every known series at 0: if it were absent, its first event would not show as an increase. */
function createInstrument(definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const {name, help, type, labels = {}, buckets = []} = definition
  const options = {name, help, labelNames: Object.keys(labels), registers: [registry]}
  if (type === 'gauge') return new Gauge(options)
  if (type === 'counter') {
    const counter = new Counter(options)
    for (const values of labelCombinations(definition)) counter.inc(values, 0)
    return counter
  }
  const histogram = new Histogram({...options, buckets: [...buckets]})
  for (const values of labelCombinations(definition)) histogram.zero(values)
  return histogram
}

/** All combinations of label values; none if the values of a label are not known in advance. */
function labelCombinations({labels = {}}: MetricDefinition): Readonly<Record<string, string>>[] {
  let all: Readonly<Record<string, string>>[] = [{}]
  for (const [name, values] of Object.entries(labels)) {
    if (typeof values === 'string') return []
    all = all.flatMap((others) => Object.keys(values).map((value) => ({...others, [name]: value})))
  }
  return all
}

/**
 * The default metrics of a Node.js program, without the gauges whose names end in `_total`, which `promtool check metrics`
 * refuses: `nodejs_active_handles_total` and the like are the sums of metrics that stay.
 */
export function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({register, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLING})
  // The declared type is a number, but the value is a word.
  const misnamed = register
    .getMetricsAsArray()
    .filter(({name, type}) => name.endsWith('_total') && String(type) !== 'counter')
  for (const {name} of misnamed) register.removeSingleMetric(name)
}

/** Only confirmed reloads are timed: others last until a timeout or an error. */
function countNginxEvent(instruments: Instruments, event: NginxEvent): void {
  const {nginxTestDuration, nginxReloads, nginxReloadDuration, nginxStarts, nginxUnexpectedExits} =
    instruments
  const {liveUpdates, liveUpdateDuration} = instruments
  switch (event.type) {
    case 'test':
      return nginxTestDuration.observe({result: event.result}, event.duration / 1000)
    case 'reload':
      nginxReloads.inc({result: event.result, reason: event.reason})
      if (event.result === 'confirmed') nginxReloadDuration.observe(event.duration / 1000)
      return
    case 'live-update':
      liveUpdates.inc({result: event.result})
      if (event.result === 'confirmed') liveUpdateDuration.observe(event.duration / 1000)
      return
    case 'start':
      return nginxStarts.inc({result: event.result})
    case 'unexpected-exit':
      return nginxUnexpectedExits.inc()
  }
}

function setCurrentGauges(instruments: Instruments, version: string, state: CurrentState): void {
  const {capabilities, freshness, staleness} = state
  instruments.buildInfo.set({version, nginx_version: capabilities.version.join('.')}, 1)
  setSourceGauges(instruments, freshness, staleness)
  setNginxGauges(instruments, state)
  const {waiting = 0, isLeader = false} = state.publishing ?? {}
  instruments.publishQueueLength.set(waiting)
  instruments.publishLeader.set(Number(isLeader))
  setHealthGauges(instruments, state.health)
}

function setHealthGauges({healthCheckTargets, healthChecks}: Instruments, counts?: ProbeCounts): void {
  const {targets = 0, failing = 0, succeeded = 0, failed = 0} = counts ?? {}
  healthCheckTargets.set({state: 'healthy'}, targets - failing)
  healthCheckTargets.set({state: 'unhealthy'}, failing)
  healthChecks.reset()
  healthChecks.inc({result: 'success'}, succeeded)
  healthChecks.inc({result: 'failure'}, failed)
}

function setSourceGauges(
  {sourceStale, sourceStaleness, sourceKindStaleness, sourceLists, sourceWatches}: Instruments,
  freshness: readonly KindFreshness[],
  {stale, age: longest}: Staleness,
): void {
  sourceStale.set(Number(stale))
  sourceStaleness.set(longest / 1000)
  for (const each of [sourceKindStaleness, sourceLists, sourceWatches]) each.reset()
  for (const {kind, age, lists, watches} of freshness) {
    if (age !== undefined) sourceKindStaleness.set({kind}, age / 1000)
    sourceLists.inc({kind}, lists)
    sourceWatches.inc({kind}, watches)
  }
}

function setNginxGauges(
  instruments: Instruments,
  {status, nginx, workers, reloadPressure, live}: CurrentState,
): void {
  instruments.liveUpstreams.set(live?.upstreams ?? 0)
  instruments.liveUpdatesWorking.set(Number(live?.working ?? false))
  const {configInfo, lastApplySuccessful, nginxServing, nginxReloadBackoff, nginxWorkers} = instruments
  configInfo.reset()
  if (nginx.generation !== undefined) configInfo.set({generation: nginx.generation}, 1)
  lastApplySuccessful.set(Number(status.synced && status.failure === undefined))
  nginxServing.set(Number(nginx.serving))
  nginxReloadBackoff.set(reloadPressure / 1000)
  nginxWorkers.reset()
  for (const {generation = 'unknown', state, count} of workers) nginxWorkers.set({generation, state}, count)
}
