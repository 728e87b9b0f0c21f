/** Keeps a copy of one Secret: a `get`, and a watch of this Secret alone. After the end of a watch it begins again. */
import {Failure, UnexpectedFailure} from '../../diagnostics/failure.js'
import type {Secret, SecretName, UnreadableSecret} from '../../core/cluster/objects.js'
import type {KubeAccess} from '../../kube/access.js'
import type {RawObject, WatchEvent} from '../../kube/answers.js'
import type {ApiResource} from '../../kube/resource.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {projectSecret} from './project-secret.js'
import {RetryPacing} from './retry-pacing.js'

export type SecretWatchDeps = {
  readonly access: Pick<KubeAccess, 'get' | 'watch'>
  readonly clock: Clock
  readonly log: Logger
  /** 0 <= value < 1. */
  readonly random: () => number
  /** Limits how many Secrets are read at a time. */
  readonly inTurn: (task: () => Promise<void>) => Promise<void>
}

const SECRETS: ApiResource = {kind: 'Secret', group: '', version: 'v1', plural: 'secrets'}

export class SecretWatch {
  /** `absent` if the Secret does not exist; undefined before the first answer or failure. */
  state: Secret | 'absent' | undefined
  readonly pacing: RetryPacing
  /** Of the last attempt. */
  private failure: Failure | undefined
  /** Of the Secret in `state`. */
  private version: string | undefined
  /** Monotonic time at which the current watch was opened. */
  private openedAt: number | undefined

  /** `onChange` is called when `state` changes. */
  constructor(
    private readonly deps: SecretWatchDeps,
    private readonly name: SecretName,
    private readonly onChange: () => void,
  ) {
    this.pacing = new RetryPacing(deps.clock, deps.random)
  }

  /** Resolves after `signal` aborts. A bug is handled like a failure, so that lbex keeps serving. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.openedAt = undefined
      const failure = await this.attempt(signal)
      if (signal.aborted) return
      const lasted = this.openedAt === undefined ? 0 : this.deps.clock.monotonic() - this.openedAt
      if (failure) this.noteFailure(failure)
      await this.pacing.wait(this.pacing.delayAfter({lasted, failure}), signal)
    }
  }

  /** Returns when the watch ends, with the failure that ended it. */
  private async attempt(signal: AbortSignal): Promise<Failure | undefined> {
    try {
      await this.read(signal)
      await this.follow(signal)
      return undefined
    } catch (error) {
      return error instanceof Failure ? error : new UnexpectedFailure(error)
    }
  }

  private async read(signal: AbortSignal): Promise<void> {
    await this.deps.inTurn(async () => {
      const object = signal.aborted ? undefined : await this.deps.access.get(SECRETS, this.name, signal)
      if (!signal.aborted) this.take(object)
    })
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const timeoutSeconds = 300 + Math.floor(this.deps.random() * 301)
    const options = {...this.name, resourceVersion: this.version, timeoutSeconds}
    const events = await this.deps.access.watch(SECRETS, options, signal)
    if (this.failure) this.deps.log.info('the Secret can be read again', this.label)
    this.failure = undefined
    this.openedAt = this.deps.clock.monotonic()
    for await (const event of events) this.apply(event)
  }

  private apply({type, object}: WatchEvent): void {
    if (type === 'ADDED' || type === 'MODIFIED') this.take(object)
    if (type === 'DELETED') this.take(undefined)
  }

  private take(object: RawObject | undefined): void {
    const version = (object?.['metadata'] as {resourceVersion?: unknown} | undefined)?.resourceVersion
    const isKnown = object ? version !== undefined && version === this.version : this.state === 'absent'
    this.version = typeof version === 'string' ? version : undefined
    if (isKnown && this.state !== undefined && !isUnreadable(this.state)) return
    this.set(object ? projectSecret(this.name, object) : 'absent')
  }

  /** A Secret that was read stays as it was, unless lbex may not read it any more. */
  private noteFailure(failure: Failure): void {
    const isNew = failure.code !== this.failure?.code
    this.failure = failure
    if (isNew) this.deps.log.warn('cannot read a Secret', {...this.label, error: failure.message})
    const isForbidden = failure.code === 'api-forbidden'
    const isRead = this.state !== undefined && !isUnreadable(this.state)
    if (isRead && !isForbidden) return
    const unreadable: UnreadableSecret['unreadable'] = isForbidden
      ? {why: 'forbidden', rule: ruleFor(this.name)}
      : {why: 'unanswered', message: failure.message}
    this.set({ref: {kind: 'Secret', ...this.name}, unreadable})
  }

  private set(state: Secret | 'absent'): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.state)
    if (isSame) return
    this.state = state
    this.onChange()
  }

  private get label(): {readonly secret: string} {
    return {secret: `${this.name.namespace}/${this.name.name}`}
  }
}

function isUnreadable(state: Secret | 'absent'): boolean {
  return state !== 'absent' && 'unreadable' in state
}

function ruleFor({namespace, name}: SecretName): string {
  const rule = `{apiGroups: [""], resources: ["secrets"], resourceNames: ["${name}"], verbs: ["get", "watch"]}`
  return `grant it with this rule in a Role of the namespace ${namespace}: ${rule}`
}
