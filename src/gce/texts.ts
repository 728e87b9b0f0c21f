/** The output of `lbex gce up` and `down`, as text and as JSON. Lines have no line terminator. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {isDone, type StepOutcome} from './execute.js'
import {Interrupted} from './interrupted.js'
import type {Plan, PlanStep} from './plan.js'
import type {PreflightProblem} from './preflight.js'
import {commandLine} from './shell.js'
import type {GroupTarget} from './target.js'

/** A plan as a shell script: a comment and a command for each step. */
export function planLines({steps, notes}: Plan): string[] {
  const lines = steps.flatMap(({id, args}) => [`# ${id}`, commandLine('gcloud', args)])
  const first = steps.length === 0 ? ['# nothing to change'] : []
  return [...first, ...lines, ...notes.map((note) => `# ${note}`)]
}

export function planJson({steps, notes}: Plan): unknown {
  return {steps: steps.map((step) => ({...stepJson(step), after: step.after})), notes}
}

function stepJson({id, args}: PlanStep): {step: string; command: readonly string[]} {
  return {step: id, command: ['gcloud', ...args]}
}

export function outcomesJson(outcomes: readonly StepOutcome[]): unknown[] {
  return outcomes.map(({step, state, error}) => ({
    ...stepJson(step),
    state,
    ...(error !== undefined && {error: messageOf(error)}),
  }))
}

export function problemLines(problems: readonly PreflightProblem[]): string[] {
  return problems.flatMap(({message, hint}) => [`error: ${message}`, `hint: ${hint}`])
}

/** Which steps failed, which are done, and which are not. An interruption is not a failure of a step. */
export function outcomeLines(outcomes: readonly StepOutcome[]): string[] {
  const failed = outcomes.filter(({state, error}) => state === 'failed' && !(error instanceof Interrupted))
  return [
    ...failed.flatMap(({step, error}) => [`error: ${step.id} failed: ${messageOf(error)}`, ...hintOf(error)]),
    ...listed('done', outcomes.filter(isDone)),
    ...listed(
      'not done',
      outcomes.filter((outcome) => !isDone(outcome)),
    ),
  ]
}

function hintOf(error: unknown): string[] {
  return error instanceof Failure && error.hint !== undefined ? [`hint: ${error.hint}`] : []
}

function listed(title: string, outcomes: readonly StepOutcome[]): string[] {
  if (outcomes.length === 0) return [`${title}: nothing`]
  return [`${title}:`, ...outcomes.map(({step}) => `  ${step.id}`)]
}

/** How to continue, or undo, an `up` that did not complete. */
export function nextSteps(target: GroupTarget): string[] {
  return [
    'to continue: run the same command again; existing resources are kept',
    `to undo: ${commandLine('lbex', ['gce', 'down', ...targetFlags(target)])}`,
  ]
}

export function targetFlags({name, project, region}: GroupTarget): string[] {
  return [`--name=${name}`, `--project=${project}`, `--region=${region}`]
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
