/** The state of `lbex run`, as the state API shows it: made from what the loop, the data plane and the source know. */
import type {CurrentState} from '../../controller/metrics/metrics.js'
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import type {DaemonStatus} from '../../controller/status.js'
import type {HostState} from '../../core/model/host-state.js'
import type {DebugState} from '../../core/state/debug-state.js'
import {
  STATE_VERSION,
  type KindState,
  type LbexState,
  type NginxState,
  type ProcessState,
  type SourceState,
} from '../../core/state/lbex-state.js'
import type {ServiceState} from '../../core/state/service-state.js'
import {serviceStatesInSteps, type ServiceStates} from '../../core/state/service-states.js'
import type {TrafficNow} from '../../core/state/traffic-state.js'
import type {TranslatorOptions} from '../../core/translate/translator.js'
import {messageOf} from '../../diagnostics/failure.js'
import type {ChangeHistory} from '../../observe/change-history.js'
import {ServedListeners, type ServedCounts} from '../../observe/served-listeners.js'
import {ServedLog} from '../../observe/served-log.js'
import type {StateView} from '../../observe/state/state-api.js'
import {openStateSocket, type StateSocket} from '../../observe/state/state-socket.js'
import {explained} from '../../report/explained.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {runInSlices} from '../../util/time-slices.js'
import {explanationOf, findService} from './explanation.js'

export type RunStateOptions = {
  /** The folder of NGINX. */
  readonly directory: string
  /** Of lbex. */
  readonly version: string
  readonly options: TranslatorOptions
  readonly clock: Clock
  readonly log: Logger
  /** Absent, or resolves to undefined, if the traffic is not counted. */
  readonly traffic?: (() => Promise<TrafficNow | undefined>) | undefined
  /** The changes of NGINX; others add to it. */
  readonly history: ChangeHistory
}

/** What is known at the moment of a request. */
export type Moment = Pick<CurrentState, 'capabilities' | 'nginx' | 'live' | 'freshness' | 'staleness'> & {
  readonly status: DaemonStatus
  readonly failedChecks: HostState['failedChecks']
}

/** The parts of the view that the state of Services does not have. */
export type ViewParts = {
  readonly debug: (lbex: DebugState['lbex']) => DebugState
  /** Undefined without metrics. */
  readonly metrics: StateView['metrics']
}

/** What the states of the Services are computed from. */
type StatesOf = Pick<Moment, 'failedChecks'> & {readonly outcome: ReconcileOutcome | undefined}

type Cached = StatesOf & {readonly states: Promise<ServiceStates>}

export class RunState {
  private readonly served = new ServedListeners()
  private readonly startedAt: string
  private readonly log: ServedLog
  private outcome: ReconcileOutcome | undefined
  private cached: Cached | undefined
  private socket: StateSocket | undefined
  private revision = 0
  /** What the revision stands for. */
  private known: StatesOf | undefined

  constructor(private readonly options: RunStateOptions) {
    this.startedAt = new Date(options.clock.now()).toISOString()
    this.log = new ServedLog(options.log)
  }

  /** A reconcile succeeded: remembers what is served now, and logs what changed. */
  update(outcome: ReconcileOutcome): void {
    this.outcome = outcome
    this.options.history.serves(outcome.applied.generation)
    const {applied, snapshot, translation} = outcome
    const rejected = new Set(applied.quarantined.map(({namespace, name}) => `${namespace}/${name}`))
    const changes = this.served.update(translation.loadBalancer, rejected, this.options.clock.now())
    this.log.update(changes, {read: snapshot.services.length, selected: translation.services.length})
  }

  /** How much is served now. */
  get counts(): ServedCounts {
    return this.served.counts
  }

  /** What the state API and the status page show. `parts`: what they get from others. */
  view(moment: () => Moment, {debug, metrics}: ViewParts): StateView {
    return {
      debug: () => debug({...this.process, phase: phaseOf(moment()).phase}),
      ...(metrics && {metrics}),
      state: async () => {
        const traffic = await this.options.traffic?.()
        return this.stateAt(moment(), traffic)
      },
      explain: (service) => this.explain(service),
      version: () => this.versionAt(moment()),
    }
  }

  /** Answers `lbex status` from now on. Without it lbex serves as well, so an error is only logged. */
  async open(view: StateView): Promise<void> {
    try {
      this.socket = await openStateSocket(this.options.directory, view)
    } catch (error) {
      this.options.log.warn('lbex status cannot ask this lbex', {error: messageOf(error)})
    }
  }

  async close(): Promise<void> {
    await this.socket?.close()
  }

  /** With all Services. */
  async stateAt(moment: Moment, traffic?: TrafficNow): Promise<LbexState> {
    const {services, ...others} = await this.statesWith(moment.failedChecks)
    return {
      version: STATE_VERSION,
      at: new Date(this.options.clock.now()).toISOString(),
      lbex: {...this.process, ...phaseOf(moment)},
      nginx: nginxState(moment),
      source: sourceState(moment),
      ...(traffic && {traffic: {samplingRatio: traffic.samplingRatio}}),
      ...others,
      history: this.options.history.changes,
      services: traffic ? services.map((service) => withTraffic(service, traffic)) : services,
    }
  }

  /**
   * Another text if anything differs but the traffic, and the age of the copy of the cluster. Does not compute the states: browsers
   * ask several times a second, and look at the page less often.
   */
  private versionAt(moment: Moment): string {
    this.revise(moment)
    const {stale, kinds} = sourceState(moment)
    const problems = kinds.map(({problem}) => problem)
    const last = this.options.history.changes[0]
    return JSON.stringify([
      this.startedAt,
      this.revision,
      phaseOf(moment),
      nginxState(moment),
      stale,
      problems,
      last,
    ])
  }

  private get process(): Pick<ProcessState, 'version' | 'pid' | 'startedAt'> {
    return {version: this.options.version, pid: process.pid, startedAt: this.startedAt}
  }

  /** Computed once while nothing changes: a reader asks for many pages. */
  private statesWith(failedChecks: HostState['failedChecks']): Promise<ServiceStates> {
    const {cached, outcome} = this
    if (cached && cached.outcome === outcome && cached.failedChecks === failedChecks) return cached.states
    const steps = serviceStatesInSteps({
      read: outcome?.snapshot.services.length ?? 0,
      translated: outcome?.translation.services ?? [],
      diagnostics: outcome?.diagnostics ?? [],
      rejected: outcome?.applied.quarantined ?? [],
      failedChecks,
      since: this.served.times,
    })
    const states = runInSlices(steps, this.options.clock)
    this.cached = {outcome, failedChecks, states}
    return states
  }

  private revise({failedChecks}: Moment): void {
    const {known, outcome} = this
    if (known && known.outcome === outcome && known.failedChecks === failedChecks) return
    this.known = {outcome, failedChecks}
    this.revision += 1
  }

  private explain(name: string): {value: unknown} | {problem: string} {
    const {outcome} = this
    if (!outcome) return {problem: 'this lbex has not read its source yet'}
    const service = findService(outcome.snapshot, name)
    if ('problem' in service) return {problem: [service.problem, service.hint].filter(Boolean).join('; ')}
    const {namespace, name: own} = service.ref
    const {times} = this.served
    const since = (listener: string) => times(`${namespace}/${own}`, listener)
    const explanation = explanationOf(
      service,
      outcome.translation.services,
      outcome.diagnostics,
      this.options.options,
    )
    return {value: {version: STATE_VERSION, ...explained({...explanation, since}), lbex: this.process}}
  }
}

function withTraffic(service: ServiceState, {services}: TrafficNow): ServiceState {
  const traffic = services.get(`${service.namespace}/${service.name}`)
  return traffic ? {...service, traffic} : service
}

function phaseOf({status}: Moment): Pick<ProcessState, 'phase' | 'problems'> {
  const {synced, resumed, stopping, readFailure, failure} = status
  const phase = synced ? 'serving' : resumed ? 'resumed' : 'starting'
  return {
    phase: stopping ? 'stopping' : phase,
    problems: [readFailure, failure].filter((problem) => problem !== undefined),
  }
}

function nginxState({nginx, capabilities, live}: Moment): NginxState {
  const {serving, pid, generation, oldWorkers} = nginx
  return {
    version: capabilities.version.join('.'),
    ...{serving, oldWorkers},
    ...(pid !== undefined && {pid}),
    ...(generation !== undefined && {generation}),
    ...(live && {liveUpdates: live}),
  }
}

function sourceState({freshness, staleness}: Moment): SourceState {
  const kinds = freshness.map(({kind, age, failure}): KindState => ({
    kind,
    ...(age !== undefined && {age: Math.round(age / 1000)}),
    ...(failure && {problem: failure.message}),
  }))
  return {stale: staleness.stale, kinds}
}
