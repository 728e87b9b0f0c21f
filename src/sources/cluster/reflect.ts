/**
 * Keeps a copy of all objects of one kind: a list, then a watch from there, for ever. Any end of a watch is survived; the
 * list is repeated only where the changes since cannot be had
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
import {Failure, messageOf, UnexpectedFailure} from '../../diagnostics/failure.js'
import type {KubeAccess} from '../../kube/access.js'
import type {ApiObject, WatchEvent} from '../../kube/answers.js'
import {ApiFailure, isUnanswered} from '../../kube/api-failure.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import type {Kind} from './kinds.js'
import {ObjectStore} from './object-store.js'
import {Pages} from './pages.js'
import {isOrdinary, Pace, type Ended} from './pace.js'
import {isOlder} from './resource-version.js'
import {mostBytes} from './size.js'
import {TroubleLog} from './trouble-log.js'

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
export type News = {
  readonly changed: boolean
  /** True when the server answers again, after it had given no answer. */
  readonly back?: boolean
  /** The one object that came or changed, where it was one. */
  readonly object?: ApiObject
}

export type ReflectorOptions<T> = {
  /** The first that the API server has is read. */
  readonly kinds: readonly [Kind<T>, ...Kind<T>[]]
  /** Default: all. */
  readonly namespace?: string | undefined
  readonly onNews: (news: News) => void
}

/** Watches in a row that may bring nothing before the list is repeated. */
const PATIENCE = 2

export class Reflector<T> {
  readonly store = new ObjectStore<T>((object, error) => this.tellUnreadable(object, error))
  /** The kind of what is in the store. */
  kind: Kind<T>
  /** True once the store was filled. */
  synced = false
  /** What the last attempt ended with; undefined as soon as a watch is open. */
  failure: Failure | undefined
  /** How often a list was begun, and a watch opened. */
  readonly counts = {lists: 0, watches: 0}

  /** Changes after this are not known yet; undefined when only a list can tell. */
  private resourceVersion: string | undefined
  /** A server with another history may have taken the place of the one that was watched. */
  private doubted = false
  /** True where the last attempt went on from a position, instead of with a list. */
  private resumed = false
  private fruitless = 0
  private openedAt: number | undefined
  /** Monotonic time of the last list, event or bookmark. */
  private heardAt: number | undefined
  /** Monotonic time since when the server goes on from our position; undefined where it turned out not to know that. */
  private acceptedAt: number | undefined
  readonly pace: Pace
  private readonly pages: Pages
  private readonly trouble: TroubleLog

  constructor(
    private readonly deps: ReflectorDeps,
    private readonly options: ReflectorOptions<T>,
  ) {
    const {kinds, namespace} = options
    this.kind = kinds[0]
    this.pace = new Pace(deps.clock, deps.random)
    this.pages = new Pages({access: deps.access, namespace, onRequest: () => this.pace.countRequest()})
    this.trouble = new TroubleLog(deps.log, {kind: this.kind.resource.kind, ...(namespace && {namespace})})
  }

  /**
   * Monotonic time of the last proof that the store is up to date. A watch that goes on from where the last one ended is one, too:
   * of a kind that nobody changes a server has nothing else to say, and sends no bookmark where its position is the same (KEP-956).
   */
  get provenAt(): number | undefined {
    return this.heardAt === undefined ? undefined : Math.max(this.heardAt, this.acceptedAt ?? 0)
  }

  /** Resolves after `signal` aborts. A bug is a failure like others, which does not end what is served. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await this.attempt(signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Failure ? error : new UnexpectedFailure(error)),
      )
      if (signal.aborted) return
      await this.rest({failure, lasted: this.openFor()}, signal)
    }
  }

  /** Rejects with whatever ended it; resolves when the server ended the watch in good order. */
  private async attempt(signal: AbortSignal): Promise<void> {
    this.openedAt = undefined
    if (this.doubted) await this.checkHistory(signal)
    this.resumed = this.resourceVersion !== undefined
    this.resourceVersion ??= await this.list(this.options.kinds, signal)
    await this.follow(this.resourceVersion, signal)
  }

  private async rest(
    ended: Ended & {readonly failure: Failure | undefined},
    signal: AbortSignal,
  ): Promise<void> {
    const {failure} = ended
    this.doubted = !isOrdinary(ended)
    if (this.fruitless >= PATIENCE || isPastResuming(failure)) this.resourceVersion = undefined
    const back = failure !== undefined && this.isBack(failure)
    const gone = failure?.code === 'api-gone'
    if (gone) this.acceptedAt = undefined
    const lost = gone && this.resumed
    const delay = this.pace.rest({...ended, lost}, {listing: this.resourceVersion === undefined})
    if (failure) {
      this.failure = failure
      this.trouble.begin(failure, delay, !this.synced)
      this.options.onNews({changed: false, ...(back && {back})})
    }
    if (delay > 0) await this.pace.wait(delay, signal)
  }

  /**
   * A list of one object shows whether this is still the history that was watched: a server that came back without it
   * accepts the old position, and says nothing until its own numbers have caught up.
   */
  private async checkHistory(signal: AbortSignal): Promise<void> {
    if (this.resourceVersion === undefined) return
    const {items, resourceVersion} = await this.pages.first(this.kind.resource, signal)
    const first = items[0]
    const familiar = first === undefined ? this.store.isEmpty : this.store.knows(first)
    if (!familiar || isOlder(resourceVersion, this.resourceVersion)) this.resourceVersion = undefined
  }

  /** Returns the resource version of the list. */
  private async list([kind, ...others]: readonly Kind<T>[], signal: AbortSignal): Promise<string> {
    if (kind === undefined) throw new TypeError('there is no kind to list')
    try {
      return await this.listKind(kind, signal)
    } catch (error) {
      if (others.length === 0 || !(error instanceof Failure) || error.code !== 'api-absent') throw error
      return this.list(others, signal)
    }
  }

  private async listKind(kind: Kind<T>, signal: AbortSignal): Promise<string> {
    this.counts.lists += 1
    const replacement = this.store.replacement(kind.project)
    let resourceVersion = ''
    let nameless = 0
    for await (const page of this.pages.all(kind.resource, signal)) {
      this.checkSize(replacement.add(page.items), kind)
      nameless += page.nameless ?? 0
      resourceVersion = page.resourceVersion
    }
    if (nameless > 0) this.tellNameless(nameless)
    const changed = replacement.commit({whole: nameless === 0}) || !this.synced
    this.kind = kind
    this.synced = true
    this.prove()
    this.options.onNews({changed})
    return resourceVersion
  }

  private async follow(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const {access, clock, random} = this.deps
    const {namespace} = this.options
    const timeoutSeconds = 300 + Math.floor(random() * 301)
    const options = {namespace, resourceVersion, timeoutSeconds}
    this.pace.countRequest()
    const events = await access.watch(this.kind.resource, options, signal)
    this.openedAt = this.acceptedAt = clock.monotonic()
    this.counts.watches += 1
    this.fruitless += 1
    const back = this.isBack()
    this.failure = undefined
    this.trouble.end()
    this.options.onNews({changed: false, ...(back && {back})})
    for await (const event of events) this.take(event)
  }

  private take(event: WatchEvent): void {
    const {object} = event
    const {resourceVersion} = object.metadata
    if (isOlder(resourceVersion, this.resourceVersion ?? '')) throw historyLost(resourceVersion)
    const changed = this.apply(event)
    if (changed === undefined) return
    this.resourceVersion = resourceVersion
    this.checkSize(this.store.size, this.kind)
    this.prove()
    // A deleted object tells when it was changed last, not when it was deleted.
    if (changed) this.options.onNews({changed, ...(event.type !== 'DELETED' && {object})})
  }

  /** True when something changed; undefined for an event that means nothing here. */
  private apply({type, object}: WatchEvent): boolean | undefined {
    if (type === 'ADDED' || type === 'MODIFIED') return this.store.put(object, this.kind.project)
    if (type === 'DELETED') return this.store.remove(object)
    if (type === 'BOOKMARK') return false
    this.deps.log.debug('an event of an unknown type is ignored', {type})
    return undefined
  }

  /** Memory is for what is served, too: a server that sends more and more must not have lbex killed. */
  private checkSize(size: number, {resource: {plural}}: Kind<T>): void {
    const {memory = mostBytes()} = this.deps
    if (size > memory) throw tooMuch(plural, memory)
  }

  /** Any of those that are known may be among them. */
  private tellNameless(count: number): void {
    const {kind} = this.kind.resource
    this.deps.log.warn('objects without a name are left out, and nothing is taken for deleted', {kind, count})
  }

  private tellUnreadable({metadata: {namespace, name}}: ApiObject, error: unknown): void {
    this.deps.log.warn('an object cannot be read and is left as it was', {
      kind: this.kind.resource.kind,
      name: namespace === undefined ? name : `${namespace}/${name}`,
      error: messageOf(error),
    })
  }

  private prove(): void {
    this.heardAt = this.deps.clock.monotonic()
    this.fruitless = 0
  }

  /** True where the server answers, whatever it says, and gave no answer before. */
  private isBack(failure?: Failure): boolean {
    const back = isUnanswered(this.failure) && !isUnanswered(failure)
    if (back) this.pace.startOver()
    return back
  }

  private openFor(): number {
    return this.openedAt === undefined ? 0 : this.deps.clock.monotonic() - this.openedAt
  }
}

/** The position is refused: it has been compacted away, or the kind or the right to watch it is gone. */
function isPastResuming(failure: Failure | undefined): boolean {
  if (failure?.code === 'api-gone' || failure?.code === 'api-too-much') return true
  const status = failure instanceof ApiFailure ? (failure.status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 401 && status !== 429
}

function tooMuch(plural: string, bytes: number): ApiFailure {
  const limit = `${Math.round(bytes / 2 ** 20)} MiB`
  return new ApiFailure(
    `the ${plural} of the cluster take more than ${limit} of memory, and are not read on`,
    {
      code: 'api-too-much',
      hint: 'read fewer namespaces with --namespace, or give lbex more memory: NODE_OPTIONS=--max-old-space-size=MIB',
      temporary: true,
    },
  )
}

function historyLost(resourceVersion: string): ApiFailure {
  return new ApiFailure(`the history of the cluster begins anew, at ${resourceVersion}`, {
    code: 'api-gone',
    temporary: true,
  })
}
