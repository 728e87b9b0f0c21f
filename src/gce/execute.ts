/** Runs the steps of a plan: each as soon as the steps that it waits for are done, and no step after one that failed. */
import type {Plan, PlanStep} from './plan.js'

/** `done`: by this step. `found`: it was already done, such as after a lost response. */
export type StepResult = 'done' | 'found'

export type StepOutcome = {
  readonly step: PlanStep
  readonly state: StepResult | 'failed' | 'not-reached'
  /** Set if it failed. */
  readonly error?: unknown
}

export type StepRun = {
  readonly step: PlanStep
  /** Resolves when the step starts, or when it is clear that it will not start. */
  readonly started: Promise<void>
  readonly ended: Promise<StepOutcome>
}

export type ExecuteOptions = {
  /** Rejects when the step fails. */
  readonly perform: (step: PlanStep) => Promise<StepResult>
  /** Whether to start steps that do not depend on a failed step. */
  readonly keepGoing: boolean
  /** No further step starts after it aborts. */
  readonly signal: AbortSignal
}

/** Starts immediately. No `ended` promise rejects. */
export function execute({steps}: Pick<Plan, 'steps'>, options: ExecuteOptions): StepRun[] {
  const runs = new Map<string, StepRun>()
  let failed = false
  const mayStart = (): boolean => !options.signal.aborted && (options.keepGoing || !failed)

  const run = async (step: PlanStep, start: () => void): Promise<StepOutcome> => {
    const before = await Promise.all(step.after.flatMap((id) => runs.get(id)?.ended ?? []))
    if (!before.every(isDone) || !mayStart()) return {step, state: 'not-reached'}
    start()
    try {
      return {step, state: await options.perform(step)}
    } catch (error) {
      failed = true
      return {step, state: 'failed', error}
    }
  }

  for (const step of steps) {
    let start = (): void => {}
    const begun = new Promise<void>((resolve) => {
      start = resolve
    })
    const ended = run(step, start)
    runs.set(step.id, {step, started: Promise.race([begun, ended.then(() => {})]), ended})
  }
  return [...runs.values()]
}

export function isDone({state}: StepOutcome): boolean {
  return state === 'done' || state === 'found'
}
