/**
 * Keeps a copy of all objects of one kind with a list followed by watches (reflector-state.ts has the states). When a watch
 * ends, another one continues; the list is repeated only if the server no longer has the changes since then
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
import {Failure, UnexpectedFailure} from '../../diagnostics/failure.js'
import type {KubeAccess} from '../../kube/access.js'
import type {KubeObject, WatchEvent} from '../../kube/answers.js'
import {isUnreachable} from '../../kube/api-failure.js'
import {isOlder} from '../../kube/resource-version.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {TokenBucket} from '../../util/token-bucket.js'
import {checkHistory, checkSize} from './checks.js'
import type {ApiKind} from './kinds.js'
import type {ObjectObserver} from './object-observer.js'
import {ObjectStore} from './object-store.js'
import {Pages} from './pages.js'
import {RetryPacing} from './retry-pacing.js'
import {FreshnessTracker} from './freshness-tracker.js'
import {readList} from './read-list.js'
import {
  isPositionLost,
  openFor,
  stateAfter,
  type ActiveState,
  type BackingOffState,
  type ReflectorState,
  type VerifyingState,
  type WatchingState,
} from './reflector-state.js'
import {ReadFailureLog} from './read-failure-log.js'
import {UnreadableLog} from './unreadable-log.js'

export type ReflectorDeps = {
  readonly access: Pick<KubeAccess, 'list' | 'watch'>
  readonly clock: Clock
  readonly log: Logger
  /** 0 <= value < 1. */
  readonly random: () => number
  /** Maximum bytes of the objects of one kind; default: half of the heap limit. */
  readonly memory?: number | undefined
}

/** Something was received, or a request failed. */
export type ReflectorUpdate = {
  readonly changed: boolean
  /** True if the server answers again after it was unreachable. */
  readonly back?: boolean
  /** The object that was added or changed by an event. */
  readonly object?: KubeObject
}

export type ReflectorOptions<T> = {
  /** The first one that the API server has is used. */
  readonly kinds: readonly [ApiKind<T>, ...ApiKind<T>[]]
  /** Default: all namespaces. */
  readonly namespace?: string | undefined
  readonly onUpdate: (update: ReflectorUpdate) => void
  /** Is called for every object, changed or not. */
  readonly observer?: ObjectObserver | undefined
}

/** At most one request per second on average, with a burst of two for the end of an outage: a probe and a watch. */
const REQUESTS = {interval: 1000, size: 2}

export class Reflector<T> {
  readonly store = new ObjectStore<T>((object, error) => this.unreadable.report(object, error))
  /** The kind of the objects in the store. */
  kind: ApiKind<T>
  /** The failure of the last attempt; undefined once a watch is open. */
  failure: Failure | undefined
  /** Lists that were started and watches that were opened. */
  readonly counts = {lists: 0, watches: 0}
  readonly pacing: RetryPacing

  private state: ReflectorState = {name: 'listing'}
  private readonly freshness: FreshnessTracker
  private readonly requests: TokenBucket
  private readonly pages: Pages
  private readonly failures: ReadFailureLog
  private readonly unreadable: UnreadableLog

  constructor(
    private readonly deps: ReflectorDeps,
    private readonly options: ReflectorOptions<T>,
  ) {
    const {kinds, namespace} = options
    this.kind = kinds[0]
    this.unreadable = new UnreadableLog(deps.log)
    this.pacing = new RetryPacing(deps.clock, deps.random)
    this.freshness = new FreshnessTracker(deps.clock)
    this.requests = new TokenBucket(deps.clock, REQUESTS)
    this.pages = new Pages({access: deps.access, namespace, onRequest: () => this.requests.take()})
    this.failures = new ReadFailureLog(deps.log, {
      kind: this.kind.resource.kind,
      ...(namespace && {namespace}),
    })
  }

  /** True after the first list. */
  get synced(): boolean {
    return this.freshness.at !== undefined
  }

  /** Monotonic time at which the store was last known to be up to date; undefined before the first list. */
  get confirmedAt(): number | undefined {
    return this.freshness.at
  }

  /** Resolves after `signal` aborts. A bug is handled like a failure, so that lbex keeps serving. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const {state} = this
      this.state = await (state.name === 'backing-off'
        ? this.backOff(state, signal)
        : this.proceed(state, signal))
    }
  }

  private async backOff({delay, next}: BackingOffState, signal: AbortSignal): Promise<ActiveState> {
    if (delay > 0) await this.pacing.wait(delay, signal)
    return next
  }

  /** Returns the next state: a back-off after a failure, or after the server ended a watch. */
  private async proceed(state: ActiveState, signal: AbortSignal): Promise<ReflectorState> {
    let failure: Failure | undefined
    try {
      const next = await this.enter(state, signal)
      if (next) return next
    } catch (error) {
      failure = error instanceof Failure ? error : new UnexpectedFailure(error)
    }
    return signal.aborted ? this.state : this.end(failure)
  }

  /** Undefined if the server ended a watch regularly. */
  private async enter(state: ActiveState, signal: AbortSignal): Promise<ActiveState | undefined> {
    if (state.name === 'verifying') return this.verify(state, signal)
    if (state.name === 'watching') return this.follow(state, signal)
    return this.list(signal)
  }

  /** Ends the current state, and reports the failure. */
  private end(failure: Failure | undefined): ReflectorState {
    const {state} = this
    if (state.name === 'backing-off') return state
    const ended = {failure, lasted: openFor(state, this.deps.clock.monotonic())}
    const next = stateAfter(state, ended)
    const back = failure !== undefined && this.isReachableAgain(failure)
    if (failure?.code === 'api-gone') this.freshness.positionLost()
    const lost = isPositionLost(state, failure)
    const limit = next.name === 'listing' ? {notBefore: this.requests.balancedAt} : {}
    const delay = this.pacing.delayAfter({...ended, lost}, limit)
    if (failure) {
      this.failure = failure
      this.failures.begin(failure, delay, !this.synced)
      this.options.onUpdate({changed: false, ...(back && {back})})
    }
    return {name: 'backing-off', delay, next}
  }

  /**
   * Lists one object to check that the server still has the same history. A server that was restored without it accepts the
   * old position, and sends nothing until its own resource versions have caught up.
   */
  private async verify({position}: VerifyingState, signal: AbortSignal): Promise<ActiveState> {
    const {items, resourceVersion} = await this.pages.first(this.kind.resource, signal)
    const first = items[0]
    const isKnown = first === undefined ? this.store.isEmpty : this.store.knows(first)
    if (!isKnown || isOlder(resourceVersion, position.resourceVersion)) return {name: 'listing'}
    return {name: 'watching', position, resumed: true}
  }

  private async list(signal: AbortSignal): Promise<WatchingState> {
    const {store, pages, unreadable} = this
    const {log, memory} = this.deps
    const onBegin = (): unknown => (this.counts.lists += 1)
    const {kinds, observer} = this.options
    const list = await readList(kinds, {store, observer, pages, log, unreadable, memory, onBegin}, signal)
    const {resourceVersion} = list
    const changed = list.changed || !this.synced
    this.kind = list.kind
    this.freshness.received()
    this.options.onUpdate({changed})
    return {name: 'watching', position: {resourceVersion, fruitless: 0}, resumed: false}
  }

  /** Returns when the server ends the watch regularly. */
  private async follow(state: WatchingState, signal: AbortSignal): Promise<undefined> {
    const {random, access} = this.deps
    const {namespace} = this.options
    const {resourceVersion} = state.position
    const timeoutSeconds = 300 + Math.floor(random() * 301)
    const options = {namespace, resourceVersion, timeoutSeconds}
    this.requests.take()
    const events = await access.watch(this.kind.resource, options, signal)
    let watching = this.open(state)
    for await (const event of events) watching = this.take(event, watching)
  }

  private open(state: WatchingState): WatchingState {
    const {position} = state
    const openedAt = this.deps.clock.monotonic()
    const watching = {...state, openedAt, position: {...position, fruitless: position.fruitless + 1}}
    this.state = watching
    this.freshness.resumed()
    this.counts.watches += 1
    const back = this.isReachableAgain()
    this.failure = undefined
    this.failures.end()
    this.options.onUpdate({changed: false, ...(back && {back})})
    return watching
  }

  /** Returns the state after the event. */
  private take(event: WatchEvent, state: WatchingState): WatchingState {
    const {object} = event
    const {resourceVersion} = object.metadata
    checkHistory(resourceVersion, state.position.resourceVersion)
    const changed = this.apply(event)
    if (changed === undefined) return state
    checkSize(this.store.size, this.kind.resource.plural, this.deps.memory)
    this.freshness.received()
    const watching = {...state, position: {resourceVersion, fruitless: 0}}
    this.state = watching
    // The trigger time in a deleted object is that of its last change, not of its deletion.
    if (changed) this.options.onUpdate({changed, ...(event.type !== 'DELETED' && {object})})
    return watching
  }

  /** True if something changed; undefined for an event of an unknown type. */
  private apply({type, object}: WatchEvent): boolean | undefined {
    const {observer} = this.options
    if (type === 'ADDED' || type === 'MODIFIED') {
      observer?.put(object)
      return this.store.put(object, this.kind.project)
    }
    if (type === 'DELETED') {
      observer?.remove(object)
      return this.store.remove(object)
    }
    if (type === 'BOOKMARK') return false
    this.deps.log.debug('an event of an unknown type is ignored', {type})
    return undefined
  }

  /** True if the server answers, with success or with an error, after it was unreachable. */
  private isReachableAgain(failure?: Failure): boolean {
    const back = isUnreachable(this.failure) && !isUnreachable(failure)
    if (back) this.pacing.resetBackoff()
    return back
  }
}
