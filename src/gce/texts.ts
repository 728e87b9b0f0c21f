/** What `lbex gce up` and `down` say, as text and as JSON. Lines come without their ends. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {isDone, type Outcome} from './execute.js'
import {Interrupted} from './interrupted.js'
import type {Plan, Step} from './plan.js'
import type {Problem} from './preflight.js'
import {commandLine} from './shell.js'
import type {Target} from './target.js'

/** A plan as a script: each command after a comment that says what it does. */
export function planLines({steps, notes}: Plan): string[] {
  const lines = steps.flatMap(({id, args}) => [`# ${id}`, commandLine('gcloud', args)])
  const first = steps.length === 0 ? ['# nothing to change'] : []
  return [...first, ...lines, ...notes.map((note) => `# ${note}`)]
}

export function planJson({steps, notes}: Plan): unknown {
  return {steps: steps.map((step) => ({...stepJson(step), after: step.after})), notes}
}

function stepJson({id, args}: Step): {step: string; command: readonly string[]} {
  return {step: id, command: ['gcloud', ...args]}
}

export function outcomesJson(outcomes: readonly Outcome[]): unknown[] {
  return outcomes.map(({step, state, error}) => ({
    ...stepJson(step),
    state,
    ...(error !== undefined && {error: messageOf(error)}),
  }))
}

export function problemLines(problems: readonly Problem[]): string[] {
  return problems.flatMap(({message, hint}) => [`error: ${message}`, `hint: ${hint}`])
}

/** What failed, what is done, what is not. An interruption is no failure of a step. */
export function troubleLines(outcomes: readonly Outcome[]): string[] {
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

function listed(title: string, outcomes: readonly Outcome[]): string[] {
  if (outcomes.length === 0) return [`${title}: nothing`]
  return [`${title}:`, ...outcomes.map(({step}) => `  ${step.id}`)]
}

/** The two ways on after an `up` that did not come to its end. */
export function waysOn(target: Target): string[] {
  return [
    'to go on: run the same command again; what is there is kept',
    `to give up: ${commandLine('lbex', ['gce', 'down', ...targetFlags(target)])}`,
  ]
}

export function targetFlags({name, project, region}: Target): string[] {
  return [`--name=${name}`, `--project=${project}`, `--region=${region}`]
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
