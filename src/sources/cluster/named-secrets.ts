/** Reads the Secrets that Services name, and no others: each by its name. */
import {EventEmitter, once} from 'node:events'
import type {Secret, SecretName} from '../../core/cluster/objects.js'
import {limitTasks} from '../../util/concurrency.js'
import {SecretWatch, type SecretWatchDeps} from './secret-watch.js'

/** Secrets at a time: of one namespace, so that none uses up what all have together, and of all. Each is a connection. */
const MOST_OF_NAMESPACE = 100
const MOST = 500

/** Milliseconds that a reading waits for Secrets that were not read before: the first one, and later ones. */
const FIRST_LIMIT = 10_000
const LIMIT = 2000

/** Requests at a time, when lbex starts. */
const AT_A_TIME = 20

type Running = {readonly watch: SecretWatch; readonly ending: AbortController; readonly ended: Promise<void>}

export class NamedSecrets {
  private readonly deps: SecretWatchDeps
  private readonly running = new Map<string, Running>()
  private readonly events = new EventEmitter().setMaxListeners(0)
  private beyondLimit: readonly Secret[] = []
  /** True once a reading has waited for its Secrets. */
  private hasRead = false

  /** `onChange` is called when a Secret that is watched changes. */
  constructor(
    deps: Omit<SecretWatchDeps, 'inTurn'>,
    private readonly onChange: () => void,
  ) {
    this.deps = {...deps, inTurn: limitTasks(AT_A_TIME)}
  }

  /** Reads these Secrets. Resolves when `values` has them; other Services do not wait long for a Secret without an answer. */
  async read(names: readonly SecretName[], signal: AbortSignal): Promise<void> {
    this.want(names)
    await this.answered(this.hasRead ? LIMIT : FIRST_LIMIT, signal)
    this.hasRead = true
  }

  /** Watches these Secrets, up to the limits, and no others. The first ones are preferred. */
  private want(names: readonly SecretName[]): void {
    const {chosen, others} = choose(names)
    const wanted = new Map(chosen.map((name) => [idOf(name), name]))
    for (const [id, {ending}] of this.running) {
      if (wanted.has(id)) continue
      ending.abort()
      this.running.delete(id)
    }
    for (const [id, name] of wanted) if (!this.running.has(id)) this.running.set(id, this.start(name))
    this.beyondLimit = others
  }

  /** Resolves when every Secret was read or could not be read, at the latest after that many milliseconds. */
  private async answered(milliseconds: number, signal: AbortSignal): Promise<void> {
    const {clock} = this.deps
    const limit = new AbortController()
    const either = AbortSignal.any([signal, limit.signal])
    const late = clock.delay(milliseconds, either).then(() => limit.abort())
    while (!either.aborted && this.isWaiting)
      await once(this.events, 'answer', {signal: either}).catch(() => {})
    limit.abort()
    await late
    signal.throwIfAborted()
  }

  /** What is known of them. A Secret that does not exist is not in the list. */
  get values(): readonly Secret[] {
    const states = [...this.running.values()].map(({watch}) => watch.state)
    const known = states.filter((state) => state !== undefined && state !== 'absent')
    const waiting = [...this.running].filter(([, {watch}]) => watch.state === undefined)
    return [...known, ...waiting.map(([id]) => unanswered(id)), ...this.beyondLimit]
  }

  retryNow(): void {
    for (const {watch} of this.running.values()) watch.pacing.retryNow()
  }

  async close(): Promise<void> {
    const all = [...this.running.values()]
    this.want([])
    await Promise.all(all.map(({ended}) => ended))
  }

  private get isWaiting(): boolean {
    return [...this.running.values()].some(({watch}) => watch.state === undefined)
  }

  private start(name: SecretName): Running {
    const ending = new AbortController()
    const watch = new SecretWatch(this.deps, name, () => {
      this.events.emit('answer')
      this.onChange()
    })
    return {watch, ending, ended: watch.run(ending.signal)}
  }
}

function idOf({namespace, name}: SecretName): string {
  return `${namespace}/${name}`
}

function refOf(id: string): Secret['ref'] {
  const [namespace = '', name = ''] = id.split('/')
  return {kind: 'Secret', namespace, name}
}

function unanswered(id: string): Secret {
  return {ref: refOf(id), unreadable: {why: 'unanswered', message: ''}}
}

function choose(names: readonly SecretName[]): {chosen: SecretName[]; others: Secret[]} {
  const counts = new Map<string, number>()
  const chosen: SecretName[] = []
  const others: Secret[] = []
  for (const name of names) {
    const count = counts.get(name.namespace) ?? 0
    const limit = count >= MOST_OF_NAMESPACE ? MOST_OF_NAMESPACE : MOST
    if (count < MOST_OF_NAMESPACE && chosen.length < MOST) {
      counts.set(name.namespace, count + 1)
      chosen.push(name)
    } else others.push({ref: refOf(idOf(name)), unreadable: {why: 'limit', limit}})
  }
  return {chosen, others}
}
