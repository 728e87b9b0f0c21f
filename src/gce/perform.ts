/**
 * Takes one step, so that it may be taken again. A change that fails may have been made all the same (a lost answer, an
 * operation that went on), so what is there is looked at before anything else is decided.
 */
import {Failure} from '../diagnostics/failure.js'
import type {StepResult} from './execute.js'
import type {Gcloud} from './gcloud.js'
import type {Plan, Step} from './plan.js'
import type {Seen} from './seen.js'

export type Replan = (seen: Seen) => Plan

export async function perform(gcloud: Gcloud, step: Step, seen: Seen, replan: Replan): Promise<StepResult> {
  return gcloud.again(async () => {
    try {
      await gcloud.change(step.args)
      return 'done'
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'command-not-found') throw error
      gcloud.signal.throwIfAborted()
      if (await isDone(gcloud, step, seen, replan)) return 'found'
      throw error
    }
  })
}

/** Whether a plan made now would leave the step out. */
async function isDone(gcloud: Gcloud, {id, thing}: Step, seen: Seen, replan: Replan): Promise<boolean> {
  const {steps, refusals} = replan(seen.with(thing.read.args, await gcloud.read(thing.read)))
  return refusals.length === 0 && !steps.some((step) => step.id === id)
}
