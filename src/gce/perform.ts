/**
 * Performs one step, with retries. A change that fails may have taken effect anyway (a lost response, an operation that
 * continued), so the resource is read again before the retry.
 */
import {Failure} from '../diagnostics/failure.js'
import type {StepResult} from './execute.js'
import type {Gcloud} from './gcloud.js'
import type {Plan, PlanStep} from './plan.js'
import type {Observed} from './observed.js'

export type Replan = (observed: Observed) => Plan

export async function perform(
  gcloud: Gcloud,
  step: PlanStep,
  observed: Observed,
  replan: Replan,
): Promise<StepResult> {
  return gcloud.again(async () => {
    try {
      await gcloud.change(step.args)
      return 'done'
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'command-not-found') throw error
      gcloud.signal.throwIfAborted()
      if (await isDone(gcloud, step, observed, replan)) return 'found'
      throw error
    }
  })
}

/** Whether a new plan would no longer contain the step. */
async function isDone(
  gcloud: Gcloud,
  {id, resource}: PlanStep,
  observed: Observed,
  replan: Replan,
): Promise<boolean> {
  const {steps, refusals} = replan(observed.with(resource.read.args, await gcloud.read(resource.read)))
  return refusals.length === 0 && !steps.some((step) => step.id === id)
}
