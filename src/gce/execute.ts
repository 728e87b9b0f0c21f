/** Walks a plan: each step as soon as those before it are done, and none after one that failed. */
import type {Plan, Step} from './plan.js'

/** `done`: by this step. `found`: it was done already, as after an answer that was lost. */
export type StepResult = 'done' | 'found'

export type Outcome = {
  readonly step: Step
  readonly state: StepResult | 'failed' | 'not-reached'
  /** Where it failed. */
  readonly error?: unknown
}

export type Walk = {
  readonly step: Step
  /** Settles when the step is started, or will not be. */
  readonly started: Promise<void>
  readonly ended: Promise<Outcome>
}

export type ExecuteOptions = {
  /** Rejects when the step fails. */
  readonly perform: (step: Step) => Promise<StepResult>
  /** Whether to start steps that have nothing to do with one that failed. */
  readonly keepGoing: boolean
  /** No step is started any more once it aborts. */
  readonly signal: AbortSignal
}

/** Starts at once. No `ended` rejects. */
export function execute({steps}: Pick<Plan, 'steps'>, options: ExecuteOptions): Walk[] {
  const walks = new Map<string, Walk>()
  let failed = false
  const mayStart = (): boolean => !options.signal.aborted && (options.keepGoing || !failed)

  const walk = async (step: Step, start: () => void): Promise<Outcome> => {
    const before = await Promise.all(step.after.flatMap((id) => walks.get(id)?.ended ?? []))
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
    const ended = walk(step, start)
    walks.set(step.id, {step, started: Promise.race([begun, ended.then(() => {})]), ended})
  }
  return [...walks.values()]
}

export function isDone({state}: Outcome): boolean {
  return state === 'done' || state === 'found'
}
