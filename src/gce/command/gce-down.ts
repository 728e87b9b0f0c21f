/** `lbex gce down`: deletes the resources of a group, from any partial state. */
import {createInterface} from 'node:readline/promises'
import type {GceDownFlags, GceJsonFlags, GcePlanFlags, GceTargetFlags} from '../../cli/flags/gce.js'
import {UsageError} from '../../cli/usage-error.js'
import {isDone, type StepOutcome} from '../execute.js'
import {observe} from '../observe.js'
import {knownResources, planDown} from '../plan-down.js'
import type {Plan} from '../plan.js'
import {runPlan} from '../run-plan.js'
import {queriesOf} from '../observed.js'
import type {GroupTarget} from '../target.js'
import {counted, outcomesJson, planJson, planLines, targetFlags, outcomeLines} from '../texts.js'
import {commandLine} from '../shell.js'
import {templateList} from '../resources/template.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {targetOf} from './gce-options.js'
import {
  announce,
  interruption,
  jsonOf,
  linesOf,
  REAL_EDGES,
  withSession,
  type GceEdges,
  type GceSession,
} from './gce-session.js'

export type DownFlags = GceTargetFlags & GcePlanFlags & GceJsonFlags & GceDownFlags

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function gceDown(
  flags: DownFlags,
  notices: readonly string[],
  edges: GceEdges = REAL_EDGES,
): Promise<CommandReport> {
  const target = targetOf(flags)
  if (!flags.yes && !flags['dry-run'] && edges.stdin.isTTY !== true) {
    throw new UsageError(
      'cannot ask for confirmation: standard input is not a terminal',
      'use --yes to delete without confirmation',
    )
  }
  return withSession(edges, notices, (session) => takeDown(flags, target, session, edges))
}

async function takeDown(
  flags: DownFlags,
  target: GroupTarget,
  session: GceSession,
  edges: GceEdges,
): Promise<CommandReport> {
  const {gcloud, progress} = session
  announce(session)
  const observed = await observe(gcloud, [...queriesOf(knownResources(target)), templateList(target)])
  const plan = planDown(target, observed)
  if (flags['dry-run']) {
    const output = flags.json ? jsonOf(planJson(plan)) : linesOf(planLines(plan))
    return {output, notes: '', exitCode: EXIT.fine}
  }
  if (plan.steps.length > 0 && !flags.yes && !(await confirmedByUser(target, plan, edges, gcloud.signal))) {
    const left = plan.steps.map(({resource}) => resource.id)
    const value = {group: target.name, down: false, steps: [], left, notes: plan.notes}
    return {
      output: flags.json ? jsonOf(value) : '',
      notes: 'nothing was deleted\n',
      exitCode: EXIT.diagnostics,
    }
  }
  const replan = (later: typeof observed): Plan => planDown(target, later)
  const outcomes = await runPlan(gcloud, plan, {observed, replan, keepGoing: true, progress})
  return downReport(flags, target, session, plan, outcomes)
}

async function confirmedByUser(
  {name, project}: GroupTarget,
  {steps}: Plan,
  {stdin, stderr}: GceEdges,
  signal: AbortSignal,
): Promise<boolean> {
  stderr.write(linesOf(steps.map(({resource}) => `  ${resource.id}`)))
  const question = createInterface({input: stdin, output: stderr})
  question.once('SIGINT', () => process.emit('SIGINT', 'SIGINT'))
  try {
    const answer = await question.question(`Delete these of ${name} in ${project}? [y/N] `, {signal})
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    signal.throwIfAborted()
    // The end of the input (Ctrl-D) counts as no.
    return false
  } finally {
    question.close()
  }
}

function downReport(
  {json}: DownFlags,
  target: GroupTarget,
  session: GceSession,
  {notes, remarks = []}: Plan,
  outcomes: readonly StepOutcome[],
): CommandReport {
  const well = outcomes.every(isDone)
  const clear = notes.every((note) => remarks.includes(note))
  const interrupted = interruption(session)
  const left = outcomes.filter((outcome) => !isDone(outcome)).map(({step}) => step.resource.id)
  // "is down" would be wrong if all that was found are resources of others in the way.
  const isDown = well && (clear || outcomes.length > 0)
  const value = {group: target.name, down: isDown, steps: outcomesJson(outcomes), left, notes}
  const summary =
    outcomes.length === 0 ? 'there was nothing to delete' : `${counted(outcomes.length, 'resource')} deleted`
  const again = commandLine('lbex', ['gce', 'down', ...targetFlags(target), '--yes'])
  const report = [
    ...(interrupted ? [interrupted.message] : []),
    ...outcomeLines(outcomes),
    ...left.map((id) => `left: ${id}`),
    `to continue: ${again}`,
  ]
  return {
    output: json ? jsonOf(value) : isDown ? `${target.name} is down: ${summary}\n` : '',
    notes: linesOf([...(well ? [] : report), ...notes]),
    exitCode: interrupted && !well ? interrupted.exitCode : well && clear ? EXIT.fine : EXIT.diagnostics,
  }
}
