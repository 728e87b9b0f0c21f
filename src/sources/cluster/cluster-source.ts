/** A live cluster as a source: watches Services, their endpoints and Nodes. */
import {EventEmitter, once, setMaxListeners} from 'node:events'
import {UnexpectedFailure, type Failure} from '../../diagnostics/failure.js'
import type {KubeAccess} from '../../kube/access.js'
import {isUnreachable} from '../../kube/api-failure.js'
import type {KubeObject} from '../../kube/answers.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import type {EndpointSlice, Node, SecretName, Service} from '../../core/cluster/objects.js'
import type {ServiceRef, WrittenState, WrittenStates} from '../../core/cluster/written-state.js'
import {COMPLETE, type ClusterSnapshot, type Coverage} from '../../core/cluster/snapshot.js'
import type {KindFreshness, SnapshotReading, SnapshotSource} from '../snapshot-source.js'
import {freshnessOf} from './freshness.js'
import {ENDPOINT_SLICES, ENDPOINTS, NODES, SERVICES, type ApiKind} from './kinds.js'
import {NamedSecrets} from './named-secrets.js'
import {nodesForbidden} from './nodes-forbidden.js'
import type {ObjectObserver} from './object-observer.js'
import {Reflector, type ReflectorUpdate} from './reflect.js'
import {TriggerTimes} from './trigger-times.js'
import {WrittenStores} from './written-stores.js'

export type ClusterSourceOptions = {
  /** Closed together with the source. */
  readonly access: Pick<KubeAccess, 'list' | 'watch' | 'get' | 'forgetCredentials' | 'close'>
  readonly clock: Clock
  readonly log: Logger
  /** Default: all namespaces. Nodes have none. */
  readonly namespaces?: readonly string[]
  /** The Secrets to read for these Services, the most important ones first. Absent: none is read. */
  readonly secretsOf?: ((services: readonly Service[]) => readonly SecretName[]) | undefined
  /** True: snapshots have the addresses in the status of Services, and a change of these causes a new reading. */
  readonly readsAddresses?: boolean
  /** 0 <= value < 1; default Math.random. */
  readonly random?: () => number
}

/** Also knows what was written to the Services. Such a change alone does not cause a new reading, except with `readsAddresses`. */
export type ClusterSource = SnapshotSource & WrittenStates

/**
 * Sends no request before the first `read` or `watch`. Until all kinds have been listed, `read` waits, and rejects with the
 * Failure of a kind that cannot be listed, while lbex keeps retrying. Afterwards it resolves at once, however old the
 * state is; `freshness` returns the age. `read` does not wait for Nodes that lbex is not allowed to list.
 */
export function createClusterSource(options: ClusterSourceOptions): ClusterSource {
  return new Cluster(options)
}

class Cluster implements ClusterSource {
  readonly changesAreAtomic = true
  private readonly writtenStores: WrittenStores
  private readonly services: readonly Reflector<Service>[]
  private readonly endpoints: readonly Reflector<EndpointSlice>[]
  private readonly nodes: Reflector<Node>
  private readonly secrets: NamedSecrets
  /** `progress`: a kind was listed, or failed. `change`: the next reading may differ. `written`: what was written to a Service changed. */
  private readonly events = new EventEmitter().setMaxListeners(0)
  private readonly closing = new AbortController()
  private readonly triggers: TriggerTimes
  /** Monotonic time at which the source was created. */
  private readonly createdAt: number
  /** One for each reflector. */
  private runs: readonly Promise<void>[] = []
  /** All of them. Created once, because a promise keeps every reaction that was added to it. */
  private running: Promise<unknown> | undefined
  private nodesForbidden = false
  /** True if something changed since the last reading. */
  private unread = false

  constructor(private readonly options: ClusterSourceOptions) {
    // Each reflector adds a listener, and there may be many namespaces.
    setMaxListeners(0, this.closing.signal)
    this.triggers = new TriggerTimes(options.clock.now())
    this.createdAt = options.clock.monotonic()
    const {namespaces = []} = options
    const places = namespaces.length === 0 ? [undefined] : [...new Set(namespaces)]
    this.writtenStores = new WrittenStores(places, (...change) => this.handleWritten(...change))
    this.services = places.map((namespace, at) =>
      this.reflector([SERVICES], namespace, this.writtenStores.stores[at]),
    )
    this.endpoints = places.map((namespace) => this.reflector([ENDPOINT_SLICES, ENDPOINTS], namespace))
    this.nodes = this.reflector([NODES])
    const {access, clock, log, random = Math.random} = options
    this.secrets = new NamedSecrets({access, clock, log, random}, () => this.noteChange())
  }

  async read(signal: AbortSignal): Promise<SnapshotReading> {
    const running = this.start()
    signal.throwIfAborted()
    while (!this.isSynced()) {
      this.throwFailure()
      await Promise.race([once(this.events, 'progress', {signal}), running])
      this.closing.signal.throwIfAborted()
    }
    const {secretsOf} = this.options
    if (secretsOf) await this.secrets.read(secretsOf(valuesOf(this.services)), signal)
    return this.reading()
  }

  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const running = this.start()
    if (signal.aborted) return
    this.events.on('change', onChange)
    // A change that came while the last reading was applied had no listener.
    if (this.unread) onChange()
    try {
      await Promise.race([once(signal, 'abort'), running])
    } finally {
      this.events.off('change', onChange)
    }
  }

  /** Open watches are up to date. Waits after a failure end. */
  retryNow(): void {
    this.options.access.forgetCredentials()
    for (const reflector of this.reflectors) reflector.pacing.retryNow()
    this.secrets.retryNow()
  }

  freshness(): KindFreshness[] {
    const now = this.options.clock.monotonic()
    return [this.services, this.endpoints, [this.nodes]].map((reflectors) =>
      freshnessOf(reflectors, now, this.createdAt),
    )
  }

  async close(): Promise<void> {
    this.closing.abort()
    await Promise.allSettled([...this.runs, this.secrets.close()])
    this.options.access.close()
  }

  written(service: ServiceRef): WrittenState | undefined {
    return this.writtenStores.get(service)
  }

  allWritten(): Iterable<readonly [service: ServiceRef, state: WrittenState]> {
    return this.writtenStores.all()
  }

  take(service: object): void {
    this.writtenStores.put(service as KubeObject)
  }

  onWritten(listener: (service: ServiceRef) => void): void {
    this.events.on('written', listener)
  }

  private get reflectors(): readonly Reflector<unknown>[] {
    return [...this.services, ...this.endpoints, this.nodes]
  }

  private reflector<T>(
    kinds: readonly [ApiKind<T>, ...ApiKind<T>[]],
    namespace?: string,
    observer?: ObjectObserver,
  ): Reflector<T> {
    const {access, clock, log, random = Math.random} = this.options
    return new Reflector(
      {access, clock, log, random},
      {kinds, namespace, observer, onUpdate: (update) => this.handle(update)},
    )
  }

  /** Resolves when the source is closed. */
  private start(): Promise<unknown> {
    if (this.running) return this.running
    this.runs = this.reflectors.map((reflector) => reflector.run(this.closing.signal))
    this.running = Promise.all(this.runs)
    this.running.catch(() => {})
    return this.running
  }

  private handle({changed, object, back}: ReflectorUpdate): void {
    // After an outage the other reflectors need not wait for the end of their back-off.
    if (back) for (const {failure, pacing} of this.reflectors) if (isUnreachable(failure)) pacing.nudge()
    const forbidden = this.areNodesForbidden()
    const flipped = forbidden !== this.nodesForbidden
    this.nodesForbidden = forbidden
    if (this.isSynced()) {
      if (object) this.triggers.note(object)
      if (changed || flipped) this.noteChange()
    }
    this.events.emit('progress')
  }

  private handleWritten(service: ServiceRef, hasMoved: boolean): void {
    this.events.emit('written', service)
    if (hasMoved && this.options.readsAddresses && this.isSynced()) this.noteChange()
  }

  private get secretCoverage(): Pick<Coverage, 'unknownSecrets'> {
    return this.options.secretsOf ? {} : {unknownSecrets: true}
  }

  private noteChange(): void {
    this.unread = true
    this.events.emit('change')
  }

  /** Nodes that were never listed stay forbidden until they are: after another failure, `read` still does not wait for them. */
  private areNodesForbidden(): boolean {
    const {failure, synced} = this.nodes
    return failure?.code === 'api-forbidden' || (this.nodesForbidden && !synced)
  }

  private isSynced(): boolean {
    return this.needed().every(({synced}) => synced)
  }

  private throwFailure(): void {
    const failed = this.needed().find(({synced, failure}) => !synced && failure !== undefined)
    if (failed?.failure) throw withoutWrapper(failed.failure)
  }

  /** The reflectors that `read` waits for. */
  private needed(): readonly Reflector<unknown>[] {
    return [...this.services, ...this.endpoints, ...(this.nodesForbidden ? [] : [this.nodes])]
  }

  private reading(): SnapshotReading {
    this.unread = false
    return {
      snapshot: this.snapshot(),
      diagnostics: this.nodesForbidden ? [nodesForbidden()] : [],
      locate: (diagnostics) => [...diagnostics],
      triggers: this.triggers.take(),
    }
  }

  private snapshot(): ClusterSnapshot {
    const [slices, endpoints] = [ENDPOINT_SLICES, ENDPOINTS].map((kind) =>
      valuesOf(this.endpoints.filter((reflector) => reflector.kind === kind)),
    )
    return {
      services: valuesOf(this.services),
      endpointSlices: slices ?? [],
      endpoints: endpoints ?? [],
      nodes: this.nodes.store.values,
      secrets: this.secrets.values,
      ...(this.options.readsAddresses && this.writtenStores.addresses),
      coverage: {...COMPLETE, nodes: this.nodes.synced || 'forbidden', ...this.secretCoverage},
    }
  }
}

/** At the first reading, a bug is thrown as a bug. */
function withoutWrapper(failure: Failure): unknown {
  return failure instanceof UnexpectedFailure ? failure.cause : failure
}

function valuesOf<T>(reflectors: readonly Reflector<T>[]): readonly T[] {
  const [first, ...others] = reflectors
  if (first === undefined) return []
  return others.length === 0 ? first.store.values : reflectors.flatMap(({store}) => store.values)
}
