/** An access whose answers a test decides, in the time of a fake clock. */
import {ApiFailure} from '../../../../src/kube/api-failure.js'
import type {ListOptions, WatchOptions} from '../../../../src/kube/access.js'
import type {KubeObject, ListPage, WatchEvent} from '../../../../src/kube/answers.js'
import type {ApiResource} from '../../../../src/kube/resource.js'
import type {ReflectorDeps} from '../../../../src/sources/cluster/reflect.js'
import type {FakeClock} from '../../controller/fake-clock.js'

export type Asked = {readonly verb: 'list' | 'watch'; readonly plural: string; readonly at: number} & Partial<
  ListOptions & WatchOptions
>

export class ScriptedAccess implements ReflectorAccess {
  readonly asked: Asked[] = []
  onList: (asked: Asked) => ListPage | Promise<ListPage> = () => page([])
  onWatch: (asked: Asked, signal: AbortSignal) => AsyncIterable<WatchEvent> = (_, signal) => silence(signal)

  constructor(private readonly clock: FakeClock) {}

  async list({plural}: ApiResource, options: ListOptions): Promise<ListPage> {
    const asked: Asked = {verb: 'list', plural, at: this.clock.monotonic(), ...options}
    this.asked.push(asked)
    return this.onList(asked)
  }

  async watch(
    {plural}: ApiResource,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>> {
    const asked: Asked = {verb: 'watch', plural, at: this.clock.monotonic(), ...options}
    this.asked.push(asked)
    return this.onWatch(asked, signal)
  }

  /** `list`, `page` (a later one), `probe` (a list of one object) and `watch`, in their order. */
  get verbs(): string[] {
    return this.asked.map(({verb, limit, continueToken}) => {
      if (verb === 'watch') return 'watch'
      return continueToken !== undefined ? 'page' : limit === 1 ? 'probe' : 'list'
    })
  }
}

type ReflectorAccess = ReflectorDeps['access']

export function page(items: readonly KubeObject[], resourceVersion = '10', continueToken?: string): ListPage {
  return {items, resourceVersion, ...(continueToken !== undefined && {continueToken})}
}

/** A watch that says nothing until the caller ends it. */
export function silence(signal: AbortSignal): AsyncGenerator<WatchEvent> {
  return new Speaker().listen(signal)
}

/** A watch that says nothing, and fails after a while. */
export async function* failingAfter(wait: Promise<void>, failure: Error): AsyncGenerator<WatchEvent> {
  await wait
  yield* saying([], failure)
}

/** A watch that says what it is told to, when it is told to. */
export class Speaker {
  private readonly said: (WatchEvent | Error)[] = []
  private wake: () => void = () => {}

  say(event: WatchEvent | Error): void {
    this.said.push(event)
    this.wake()
  }

  async *listen(signal: AbortSignal): AsyncGenerator<WatchEvent> {
    signal.addEventListener('abort', () => this.wake(), {once: true})
    for (;;) {
      signal.throwIfAborted()
      const next = this.said.shift()
      if (next instanceof Error) throw next
      if (next) yield next
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }
}

/** A watch that says this and ends, or fails. */
export async function* saying(events: readonly WatchEvent[], failure?: Error): AsyncGenerator<WatchEvent> {
  yield* events
  if (failure) throw failure
}

export function failing(code: string, options: {status?: number; retryAfter?: number} = {}): ApiFailure {
  return new ApiFailure(`it is ${code}`, {code, temporary: true, ...options})
}

export function object(name: string, resourceVersion = '10', fields: object = {}): KubeObject {
  const metadata = {name, namespace: 'default', uid: `uid-${name}`, resourceVersion}
  return {metadata, spec: {}, ...fields} as KubeObject
}

export function event(type: string, name: string, resourceVersion: string, fields: object = {}): WatchEvent {
  return {type, object: object(name, resourceVersion, fields)}
}
