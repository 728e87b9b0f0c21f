/** Carries out a plan, and shows how it goes. */
import {execute, type Outcome, type StepResult} from './execute.js'
import type {Gcloud} from './gcloud.js'
import {perform, type Replan} from './perform.js'
import type {Plan, Step} from './plan.js'
import {showProgress, type Notices, type ProgressOptions} from './progress.js'
import type {Seen} from './seen.js'

export type RunPlanOptions = {
  readonly seen: Seen
  /** Makes the same plan from what is there later. */
  readonly replan: Replan
  readonly keepGoing: boolean
  /** How to wait where a step says so. */
  readonly wait?: (onProgress: (words: string) => void) => Promise<void>
  readonly progress: ProgressOptions
}

/** One outcome for each step. Rejects with nothing but bugs. */
export async function runPlan(gcloud: Gcloud, plan: Plan, options: RunPlanOptions): Promise<Outcome[]> {
  const notices: Notices = new Map()
  const take = async (step: Step): Promise<StepResult> => {
    if (step.kind !== 'wait') return perform(gcloud, step, options.seen, options.replan)
    await options.wait?.((words) => notices.get(step.id)?.(words))
    return 'done'
  }
  const walks = execute(plan, {perform: take, keepGoing: options.keepGoing, signal: gcloud.signal})
  await showProgress(walks, notices, options.progress)
  return Promise.all(walks.map(({ended}) => ended))
}
