/** A plan: steps that wait for each other, as values. --dry-run prints them. */
import {textAt} from './fields.js'
import type {Observed} from './observed.js'
import {markOf, type GroupTarget} from './target.js'
import type {Args, Resource} from './resource.js'

export type PlanStep = {
  /** Such as `create subnet shop-subnet`. */
  readonly id: string
  /** Arguments of gcloud. */
  readonly args: Args
  /** IDs of the steps that it waits for. */
  readonly after: readonly string[]
  readonly kind: 'create' | 'update' | 'delete' | 'wait'
  readonly resource: Resource
}

export type Plan = {
  readonly steps: readonly PlanStep[]
  /** Why the plan is rejected, as sentences. If there is one, no step may run. */
  readonly refusals: readonly string[]
  /** What is left unchanged, as sentences. */
  readonly notes: readonly string[]
  /** The notes about resources that are not in the way of a new group. */
  readonly remarks?: readonly string[]
}

/** Whether lbex created the resource for this group. A resource without a mark of its own is ours if its owner is ours. */
export function isOurs(
  target: GroupTarget,
  resource: Resource,
  found: unknown,
  resources: readonly Resource[],
  observed: Observed,
): boolean {
  if (resource.belongsTo === undefined) return textAt(found, 'description').startsWith(markOf(target))
  const owner = resources.find(({id}) => id === resource.belongsTo)
  const ownerFound = owner && observed.find(owner.read)
  return !owner || ownerFound === undefined || isOurs(target, owner, ownerFound, resources, observed)
}

/** Groups steps into waves for the display: a wave can start when the one before has ended. */
export function wavesOf(steps: readonly PlanStep[]): PlanStep[][] {
  const depths = new Map<string, number>()
  for (const step of steps) {
    const before = step.after.map((id) => depths.get(id) ?? 0)
    depths.set(step.id, Math.max(0, ...before) + 1)
  }
  const waves: PlanStep[][] = []
  for (const step of steps) (waves[(depths.get(step.id) as number) - 1] ??= []).push(step)
  return waves
}
