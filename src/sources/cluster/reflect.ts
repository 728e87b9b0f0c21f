/**
 * Keeps a copy of all objects of one kind: a list, then a watch from there, for ever (reflector-state.ts has the states). Any
 * end of a watch is survived; the list is repeated only if the server no longer has the changes since then
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
import {Failure, UnexpectedFailure} from '../../diagnostics/failure.js'
import type {KubeAccess} from '../../kube/access.js'
import type {KubeObject, WatchEvent} from '../../kube/answers.js'
import {isUnreachable} from '../../kube/api-failure.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {TokenBucket} from '../../util/token-bucket.js'
import {checkHistory, checkSize} from './checks.js'
import type {ApiKind} from './kinds.js'
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
import {isOlder} from './resource-version.js'
import {ReadFailureLog} from './read-failure-log.js'
import {UnreadableLog} from './unreadable-log.js'

export type ReflectorDeps = {
  readonly access: Pick<KubeAccess, 'list' | 'watch'>
  readonly clock: Clock
  readonly log: Logger
  /** 0 <= value < 1. */
  readonly random: () => number
  /** Bytes that the objects of one kind may take; default: half of what this process may. */
  readonly memory?: number | undefined
}

/** Something came or failed. */
export type ReflectorUpdate = {
  readonly changed: boolean
  /** True when the server answers again, after it had given no answer. */
  readonly back?: boolean
  /** The one object that came or changed, where it was one. */
  readonly object?: KubeObject
}

export type ReflectorOptions<T> = {
  /** The first that the API server has is read. */
  readonly kinds: readonly [ApiKind<T>, ...ApiKind<T>[]]
  /** Default: all. */
  readonly namespace?: string | undefined
  readonly onUpdate: (news: ReflectorUpdate) => void
}

/** On average no more than one request in a second; a quiet time saves the two that an outage needs: a probe and a watch. */
const REQUESTS = {interval: 1000, size: 2}

export class Reflector<T> {
  readonly store = new ObjectStore<T>((object, error) => this.unreadable.tell(object, error))
  /** The kind of what is in the store. */
  kind: ApiKind<T>
  /** What the last attempt ended with; undefined as soon as a watch is open. */
  failure: Failure | undefined
  /** How often a list was begun, and a watch opened. */
  readonly counts = {lists: 0, watches: 0}
  readonly pace: RetryPacing

  private state: ReflectorState = {name: 'listing'}
  private readonly proof: FreshnessTracker
  private readonly requests: TokenBucket
  private readonly pages: Pages
  private readonly trouble: ReadFailureLog
  private readonly unreadable: UnreadableLog

  constructor(
    private readonly deps: ReflectorDeps,
    private readonly options: ReflectorOptions<T>,
  ) {
    const {kinds, namespace} = options
    this.kind = kinds[0]
    this.unreadable = new UnreadableLog(deps.log)
    this.pace = new RetryPacing(deps.clock, deps.random)
    this.proof = new FreshnessTracker(deps.clock)
    this.requests = new TokenBucket(deps.clock, REQUESTS)
    this.pages = new Pages({access: deps.access, namespace, onRequest: () => this.requests.take()})
    this.trouble = new ReadFailureLog(deps.log, {
      kind: this.kind.resource.kind,
      ...(namespace && {namespace}),
    })
  }

  /** True once the store was filled. */
  get synced(): boolean {
    return this.proof.at !== undefined
  }

  /** Monotonic time of the last proof that the store is up to date; undefined before the first list. */
  get confirmedAt(): number | undefined {
    return this.proof.at
  }

  /** Resolves after `signal` aborts. A bug is a failure like others, which does not end what is served. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const {state} = this
      this.state = await (state.name === 'backing-off'
        ? this.backOff(state, signal)
        : this.proceed(state, signal))
    }
  }

  private async backOff({delay, next}: BackingOffState, signal: AbortSignal): Promise<ActiveState> {
    if (delay > 0) await this.pace.wait(delay, signal)
    return next
  }

  /** Returns the next state: a back-off after a failure, or if the server ended a watch. */
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

  /** Undefined if the server ended a watch in good order. */
  private async enter(state: ActiveState, signal: AbortSignal): Promise<ActiveState | undefined> {
    if (state.name === 'verifying') return this.verify(state, signal)
    if (state.name === 'watching') return this.follow(state, signal)
    return this.list(signal)
  }

  /** Ends the state of now, and reports the failure. */
  private end(failure: Failure | undefined): ReflectorState {
    const {state} = this
    if (state.name === 'backing-off') return state
    const ended = {failure, lasted: openFor(state, this.deps.clock.monotonic())}
    const next = stateAfter(state, ended)
    const back = failure !== undefined && this.isBack(failure)
    if (failure?.code === 'api-gone') this.proof.refuse()
    const lost = isPositionLost(state, failure)
    const limit = next.name === 'listing' ? {notBefore: this.requests.balancedAt} : {}
    const delay = this.pace.rest({...ended, lost}, limit)
    if (failure) {
      this.failure = failure
      this.trouble.begin(failure, delay, !this.synced)
      this.options.onUpdate({changed: false, ...(back && {back})})
    }
    return {name: 'backing-off', delay, next}
  }

  /**
   * A list of one object shows whether this is still the history that was watched: a server that came back without it
   * accepts the old position, and sends nothing until its own numbers have caught up.
   */
  private async verify({position}: VerifyingState, signal: AbortSignal): Promise<ActiveState> {
    const {items, resourceVersion} = await this.pages.first(this.kind.resource, signal)
    const first = items[0]
    const familiar = first === undefined ? this.store.isEmpty : this.store.knows(first)
    if (!familiar || isOlder(resourceVersion, position.resourceVersion)) return {name: 'listing'}
    return {name: 'watching', position, resumed: true}
  }

  private async list(signal: AbortSignal): Promise<WatchingState> {
    const {store, pages, unreadable} = this
    const {log, memory} = this.deps
    const onBegin = (): unknown => (this.counts.lists += 1)
    const list = await readList(this.options.kinds, {store, pages, log, unreadable, memory, onBegin}, signal)
    const {resourceVersion} = list
    const changed = list.changed || !this.synced
    this.kind = list.kind
    this.proof.hear()
    this.options.onUpdate({changed})
    return {name: 'watching', position: {resourceVersion, fruitless: 0}, resumed: false}
  }

  /** Returns when the server ends the watch in good order. */
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
    this.proof.accept()
    this.counts.watches += 1
    const back = this.isBack()
    this.failure = undefined
    this.trouble.end()
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
    this.proof.hear()
    const watching = {...state, position: {resourceVersion, fruitless: 0}}
    this.state = watching
    // A deleted object has the time of its last change, not the time of its deletion.
    if (changed) this.options.onUpdate({changed, ...(event.type !== 'DELETED' && {object})})
    return watching
  }

  /** True when something changed; undefined for an event that means nothing here. */
  private apply({type, object}: WatchEvent): boolean | undefined {
    if (type === 'ADDED' || type === 'MODIFIED') return this.store.put(object, this.kind.project)
    if (type === 'DELETED') return this.store.remove(object)
    if (type === 'BOOKMARK') return false
    this.deps.log.debug('an event of an unknown type is ignored', {type})
    return undefined
  }

  /** True if the server answers, with success or with an error, and gave no answer before. */
  private isBack(failure?: Failure): boolean {
    const back = isUnreachable(this.failure) && !isUnreachable(failure)
    if (back) this.pace.startOver()
    return back
  }
}
