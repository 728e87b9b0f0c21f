/** `lbex gce up`: reads the existing resources, plans what is missing or different, and applies the plan. */
import type {GceJsonFlags, GcePlanFlags, GceTargetFlags, GceUpFlags} from '../../cli/flags/gce.js'
import {messageOf} from '../../diagnostics/failure.js'
import {isDone, type StepOutcome} from '../execute.js'
import {observe} from '../observe.js'
import {knownResources, planDown} from '../plan-down.js'
import {planUp, desiredResources} from '../plan-up.js'
import type {Plan} from '../plan.js'
import {preflightProblems, preflightQueries, type PreflightProblem} from '../preflight.js'
import {runPlan} from '../run-plan.js'
import {queriesOf, type Observed} from '../observed.js'
import type {GroupOptions} from '../target.js'
import {counted, outcomesJson, planJson, planLines, problemLines, outcomeLines, nextSteps} from '../texts.js'
import {templateList} from '../resources/template.js'
import {waitUntilStable} from '../wait.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {groupOptionsOf} from './gce-options.js'
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
import {isPublished, packageVersion, readStartUp} from '../../cli/run/package.js'

export type UpFlags = GceTargetFlags & GceUpFlags & GcePlanFlags & GceJsonFlags

/** Milliseconds between two polls of the hosts. */
const POLL_INTERVAL = 5000

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function gceUp(
  flags: UpFlags,
  notices: readonly string[],
  edges: GceEdges = REAL_EDGES,
): Promise<CommandReport> {
  const brought = {startUp: await readStartUp(), version: packageVersion(), isNameOurs: isPublished()}
  const options = groupOptionsOf(flags, brought)
  return withSession(edges, notices, (session) => bringUp(flags, options, session))
}

async function bringUp(flags: UpFlags, options: GroupOptions, session: GceSession): Promise<CommandReport> {
  const {gcloud} = session
  announce(session)
  const queries = [...queriesOf(desiredResources(options)), ...preflightQueries(options)]
  const observed = await observe(gcloud, queries)
  const plan = planUp(options, observed, flags.wait)
  const problems = [...preflightProblems(options, observed), ...plan.refusals.map(refusal)]
  if (problems.length > 0) return refused(flags, problems)
  if (flags['dry-run']) return shown(flags, plan)
  const outcomes = await carryOut(flags, options, session, plan, observed)
  const goesBack = flags['rollback-on-failure'] && !outcomes.every(isDone) && !interruption(session)
  const undone = goesBack ? await rollBack(options, session, outcomes).catch(messageOf) : []
  return upReport(flags, options, session, plan, outcomes, undone)
}

function refusal(message: string): PreflightProblem {
  return {message, hint: 'nothing was changed'}
}

function refused({json}: UpFlags, problems: readonly PreflightProblem[]): CommandReport {
  return {
    output: json ? jsonOf({problems}) : '',
    notes: linesOf(problemLines(problems)),
    exitCode: EXIT.failure,
  }
}

function shown({json}: UpFlags, plan: Plan): CommandReport {
  return {output: json ? jsonOf(planJson(plan)) : linesOf(planLines(plan)), notes: '', exitCode: EXIT.fine}
}

function carryOut(
  flags: UpFlags,
  options: GroupOptions,
  {gcloud, progress}: GceSession,
  plan: Plan,
  observed: Observed,
): Promise<StepOutcome[]> {
  const timeout = flags['wait-timeout']
  return runPlan(gcloud, plan, {
    observed,
    replan: (later) => planUp(options, later, flags.wait),
    keepGoing: false,
    wait: (onProgress) => waitUntilStable(gcloud, options, {timeout, every: POLL_INTERVAL, onProgress}),
    progress,
  })
}

/** Deletes what this run created, or tried to create, and nothing that existed before. */
async function rollBack(
  options: GroupOptions,
  {gcloud, progress}: GceSession,
  outcomes: readonly StepOutcome[],
): Promise<StepOutcome[]> {
  const tried = outcomes.filter(({step, state}) => step.kind === 'create' && state !== 'not-reached')
  const made = new Set(tried.map(({step}) => step.resource.id))
  const observed = await observe(gcloud, [...queriesOf(knownResources(options)), templateList(options)])
  const replan = (later: Observed): Plan => {
    const plan = planDown(options, later)
    return {...plan, steps: plan.steps.filter(({resource}) => made.has(resource.id))}
  }
  return runPlan(gcloud, replan(observed), {observed, replan, keepGoing: true, progress})
}

function upReport(
  {json}: UpFlags,
  options: GroupOptions,
  session: GceSession,
  {notes}: Plan,
  outcomes: readonly StepOutcome[],
  undone: readonly StepOutcome[] | string,
): CommandReport {
  const well = outcomes.every(isDone)
  const interrupted = interruption(session)
  const changes = outcomes.filter(({step}) => step.kind !== 'wait').length
  const value = {
    group: options.name,
    up: well,
    steps: outcomesJson(outcomes),
    rollback: typeof undone === 'string' ? undone : outcomesJson(undone),
    notes,
  }
  const summary = changes === 0 ? 'nothing to change' : counted(changes, 'change')
  const report = [
    ...(interrupted ? [interrupted.message] : []),
    ...outcomeLines(outcomes),
    ...rollbackLines(undone),
    ...nextSteps(options),
  ]
  return {
    output: json ? jsonOf(value) : well ? `${options.name} is up: ${summary}\n` : '',
    notes: linesOf([...notes, ...(well ? [] : report)]),
    exitCode: well ? EXIT.fine : (interrupted?.exitCode ?? EXIT.failure),
  }
}

/** `undone`: an error message if the rollback could not start. */
function rollbackLines(undone: readonly StepOutcome[] | string): string[] {
  if (typeof undone === 'string') return [`error: nothing was rolled back: ${undone}`]
  return undone.length > 0 ? ['rolled back:', ...outcomeLines(undone)] : []
}
