/** What is to be done: steps that wait for each other, as values. They are printed by --dry-run and walked by the rest. */
import {textAt} from './fields.js'
import type {Seen} from './seen.js'
import {markOf, type Target} from './target.js'
import type {Args, Thing} from './thing.js'

export type Step = {
  /** In words: `create subnet shop-subnet`. */
  readonly id: string
  /** For gcloud. */
  readonly args: Args
  /** Steps that come before. */
  readonly after: readonly string[]
  readonly kind: 'create' | 'update' | 'delete' | 'wait'
  readonly thing: Thing
}

export type Plan = {
  readonly steps: readonly Step[]
  /** Why it cannot be done, in sentences. With any of them no step is to be taken. */
  readonly refusals: readonly string[]
  /** What is left as it is, in sentences. */
  readonly notes: readonly string[]
  /** Those of the notes that are about nothing that lbex would make under such a name: nothing is in the way. */
  readonly remarks?: readonly string[]
}

/** Whether lbex made what was found, for this group. What belongs to another thing is ours unless that thing is a stranger's. */
export function isOurs(
  target: Target,
  thing: Thing,
  found: unknown,
  things: readonly Thing[],
  seen: Seen,
): boolean {
  if (thing.belongsTo === undefined) return textAt(found, 'description').startsWith(markOf(target))
  const owner = things.find(({id}) => id === thing.belongsTo)
  const ownerFound = owner && seen.find(owner.read)
  return !owner || ownerFound === undefined || isOurs(target, owner, ownerFound, things, seen)
}

/** Steps by waves: each wave can start when the one before has ended. For showing only. */
export function wavesOf(steps: readonly Step[]): Step[][] {
  const depths = new Map<string, number>()
  for (const step of steps) {
    const before = step.after.map((id) => depths.get(id) ?? 0)
    depths.set(step.id, Math.max(0, ...before) + 1)
  }
  const waves: Step[][] = []
  for (const step of steps) (waves[(depths.get(step.id) as number) - 1] ??= []).push(step)
  return waves
}
