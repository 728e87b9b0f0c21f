/** Runs a plan and shows its progress. */
import {execute, type StepOutcome, type StepResult} from './execute.js'
import type {Gcloud} from './gcloud.js'
import {perform, type Replan} from './perform.js'
import type {Plan, PlanStep} from './plan.js'
import {showProgress, type StepNotices, type ProgressOptions} from './progress.js'
import type {Observed} from './observed.js'

export type RunPlanOptions = {
  readonly observed: Observed
  /** Makes the plan again from a later observation. */
  readonly replan: Replan
  readonly keepGoing: boolean
  /** Performs the steps of the kind `wait`. */
  readonly wait?: (onProgress: (words: string) => void) => Promise<void>
  readonly progress: ProgressOptions
}

/** Resolves with one outcome for each step. A rejection is a bug. */
export async function runPlan(gcloud: Gcloud, plan: Plan, options: RunPlanOptions): Promise<StepOutcome[]> {
  const notices: StepNotices = new Map()
  const take = async (step: PlanStep): Promise<StepResult> => {
    if (step.kind !== 'wait') return perform(gcloud, step, options.observed, options.replan)
    await options.wait?.((words) => notices.get(step.id)?.(words))
    return 'done'
  }
  const runs = execute(plan, {perform: take, keepGoing: options.keepGoing, signal: gcloud.signal})
  await showProgress(runs, notices, options.progress)
  return Promise.all(runs.map(({ended}) => ended))
}
