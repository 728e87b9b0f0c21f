/** Writes the status and the finalizer of a Service if they differ from the desired ones. */
import type {ClassSelection} from '../core/intent/service-class.js'
import {
  LOAD_BALANCER_FINALIZER,
  statusAddressesOf,
  type Ingress,
  type ServiceRef,
  type WrittenState,
  type WrittenStates,
} from '../core/cluster/written-state.js'
import type {RawObject} from '../kube/answers.js'
import {SERVICE_RESOURCE} from '../kube/resource.js'
import type {PacedWrite, WriteKind} from './paced-writes.js'
import {isSameIngress, mayPublishIn} from './status.js'

/** The desired status and finalizer of a Service. */
export type ServiceTarget = {
  readonly service: ServiceRef
  readonly uid?: string | undefined
  /** If absent, the status is not changed. */
  readonly ingress?: readonly Ingress[] | undefined
  /**
   * The addresses in the status when `ingress` was decided, for addresses of a pool: if another lbex has written others since, this
   * one must not replace them, but decide again.
   */
  readonly basis?: readonly string[]
  /** If absent, the finalizer is not changed. */
  readonly finalizer?: boolean | undefined
}

export type ServiceWriterDeps = {
  readonly write: PacedWrite
  readonly states: Pick<WrittenStates, 'written' | 'take'>
  readonly selection: ClassSelection
  /** The field manager of the group. */
  readonly manager: string
  /** Called after a new ingress was written. */
  readonly onPublished: (target: ServiceTarget, before: WrittenState) => void
}

/** Each part is written by a separate request, which needs a separate permission. */
export type ServicePart = 'status' | 'finalizer'

/** Maximum number of Services in `adjusted`. */
const MOST_REMEMBERED = 10_000

export class ServiceWriter {
  /** The ingress as the API server stored it, if it differs from the written one: before 1.29 there is no `ipMode`. */
  private readonly adjusted = new Map<
    string,
    {readonly wanted: readonly Ingress[]; readonly got: WrittenState}
  >()

  constructor(private readonly deps: ServiceWriterDeps) {}

  /** True if the part differs from the target, and lbex may write it. */
  differs(part: ServicePart, target: ServiceTarget): boolean {
    const state = this.deps.states.written(target.service)
    if (!state) return false
    return part === 'status' ? this.hasOtherStatus(target, state) : this.hasOtherFinalizer(target, state)
  }

  /** Rejects as `KubeAccess.write` does. */
  async write(part: ServicePart, target: ServiceTarget, signal: AbortSignal): Promise<void> {
    const state = this.deps.states.written(target.service)
    if (!state || !this.differs(part, target)) return
    await (part === 'status'
      ? this.writeStatus(target, state, signal)
      : this.writeFinalizer(target, state, signal))
  }

  private hasOtherStatus({service, ingress, basis}: ServiceTarget, state: WrittenState): boolean {
    if (ingress === undefined || isSameIngress(ingress, state)) return false
    if (basis && isOutdated(basis, ingress, state)) return false
    if (ingress.length > 0 && !mayPublishIn(state, this.deps.selection)) return false
    const adjusted = this.adjusted.get(keyOf(service))
    if (!adjusted || state.isCut) return true
    const isAdjusted = isSameIngress(state.ingress, adjusted.got)
    return !isAdjusted || !isSameIngress(ingress, {...state, ingress: adjusted.wanted})
  }

  /** The finalizer is removed after the status is cleared. */
  private hasOtherFinalizer(target: ServiceTarget, state: WrittenState): boolean {
    const {finalizer} = target
    if (finalizer === undefined || finalizer === state.hasFinalizer) return false
    if (state.otherFinalizers === 'too-many') return false
    return finalizer ? mayPublishIn(state, this.deps.selection) : !this.hasOtherStatus(target, state)
  }

  private async writeStatus(target: ServiceTarget, state: WrittenState, signal: AbortSignal): Promise<void> {
    const {ingress = [], basis, service} = target
    const {resourceVersion} = state
    // The API server rejects the write if the Service has changed: of two leaders at the same time, only one chooses its address.
    const version = basis && resourceVersion !== undefined ? {resourceVersion} : {}
    const body = {metadata: {...uidOf(target), ...version}, status: {loadBalancer: {ingress}}}
    this.noteAnswer(service, ingress, await this.patch('status', target, body, signal))
    this.deps.onPublished(target, state)
  }

  /** Ignores the answer if the watch has already delivered a later version, which another client wrote. */
  private noteAnswer(service: ServiceRef, wanted: readonly Ingress[], answer: RawObject): void {
    const key = keyOf(service)
    this.adjusted.delete(key)
    const got = this.deps.states.written(service)
    if (!got || isSameIngress(wanted, got) || got.resourceVersion !== versionOf(answer)) return
    if (this.adjusted.size >= MOST_REMEMBERED) this.adjusted.clear()
    this.adjusted.set(key, {wanted, got})
  }

  /** A merge patch replaces the whole list: the resourceVersion makes sure that the list has not changed since. */
  private async writeFinalizer(
    target: ServiceTarget,
    state: WrittenState,
    signal: AbortSignal,
  ): Promise<void> {
    const others = state.otherFinalizers === 'too-many' ? [] : (state.otherFinalizers ?? [])
    const {resourceVersion} = state
    const metadata = {...uidOf(target), ...(resourceVersion !== undefined && {resourceVersion})}
    const finalizers = target.finalizer ? [...others, LOAD_BALANCER_FINALIZER] : others
    await this.patch('finalizer', target, {metadata: {...metadata, finalizers}}, signal)
  }

  private async patch(
    kind: WriteKind,
    {service: {namespace, name}}: ServiceTarget,
    body: object,
    signal: AbortSignal,
  ): Promise<RawObject> {
    const {write, states, manager: fieldManager} = this.deps
    const target = {resource: SERVICE_RESOURCE, namespace, name}
    const request = {verb: 'patch', ...target, body, fieldManager} as const
    const answer = await write(
      kind,
      kind === 'status' ? {...request, subresource: 'status'} : request,
      signal,
    )
    states.take(answer)
    return answer
  }
}

function isOutdated(basis: readonly string[], ingress: readonly Ingress[], state: WrittenState): boolean {
  const present = sortedText(statusAddressesOf(state))
  return present !== sortedText(basis) && present !== sortedText(ingress.flatMap(({ip}) => ip ?? []))
}

function sortedText(addresses: readonly string[]): string {
  return [...addresses].sort().join()
}

function versionOf({metadata}: RawObject): unknown {
  return (metadata as {resourceVersion?: unknown} | undefined)?.resourceVersion
}

/** If the Service was replaced by another one of the same name, the API server responds with a conflict. */
function uidOf({uid}: ServiceTarget): {readonly uid?: string} {
  return uid === undefined ? {} : {uid}
}

function keyOf({namespace, name}: ServiceRef): string {
  return `${namespace}/${name}`
}
