/** `lbex gce up`: looks at what is there, plans what is missing or different, and does that. */
import type {GceJsonFlags, GcePlanFlags, GceTargetFlags, GceUpFlags} from '../../cli/flags/gce.js'
import {messageOf} from '../../diagnostics/failure.js'
import {isDone, type Outcome} from '../execute.js'
import {observe} from '../observe.js'
import {knownThings, planDown} from '../plan-down.js'
import {planUp, wantedThings} from '../plan-up.js'
import type {Plan} from '../plan.js'
import {preflightProblems, preflightReadings, type Problem} from '../preflight.js'
import {runPlan} from '../run-plan.js'
import {readingsOf, type Seen} from '../seen.js'
import type {GroupOptions} from '../target.js'
import {counted, outcomesJson, planJson, planLines, problemLines, troubleLines, waysOn} from '../texts.js'
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

/** Milliseconds between two looks at the hosts. */
const LOOK_EVERY = 5000

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
  const readings = [...readingsOf(wantedThings(options)), ...preflightReadings(options)]
  const seen = await observe(gcloud, readings)
  const plan = planUp(options, seen, flags.wait)
  const problems = [...preflightProblems(options, seen), ...plan.refusals.map(refusal)]
  if (problems.length > 0) return refused(flags, problems)
  if (flags['dry-run']) return shown(flags, plan)
  const outcomes = await carryOut(flags, options, session, plan, seen)
  const goesBack = flags['rollback-on-failure'] && !outcomes.every(isDone) && !interruption(session)
  const undone = goesBack ? await rollBack(options, session, outcomes).catch(messageOf) : []
  return upReport(flags, options, session, plan, outcomes, undone)
}

function refusal(message: string): Problem {
  return {message, hint: 'nothing was changed'}
}

function refused({json}: UpFlags, problems: readonly Problem[]): CommandReport {
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
  seen: Seen,
): Promise<Outcome[]> {
  const timeout = flags['wait-timeout']
  return runPlan(gcloud, plan, {
    seen,
    replan: (later) => planUp(options, later, flags.wait),
    keepGoing: false,
    wait: (onProgress) => waitUntilStable(gcloud, options, {timeout, every: LOOK_EVERY, onProgress}),
    progress,
  })
}

/** Deletes what this run has made, or tried to make, and nothing that was there before. */
async function rollBack(
  options: GroupOptions,
  {gcloud, progress}: GceSession,
  outcomes: readonly Outcome[],
): Promise<Outcome[]> {
  const tried = outcomes.filter(({step, state}) => step.kind === 'create' && state !== 'not-reached')
  const made = new Set(tried.map(({step}) => step.thing.id))
  const seen = await observe(gcloud, [...readingsOf(knownThings(options)), templateList(options)])
  const replan = (later: Seen): Plan => {
    const plan = planDown(options, later)
    return {...plan, steps: plan.steps.filter(({thing}) => made.has(thing.id))}
  }
  return runPlan(gcloud, replan(seen), {seen, replan, keepGoing: true, progress})
}

function upReport(
  {json}: UpFlags,
  options: GroupOptions,
  session: GceSession,
  {notes}: Plan,
  outcomes: readonly Outcome[],
  undone: readonly Outcome[] | string,
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
  const trouble = [
    ...(interrupted ? [interrupted.message] : []),
    ...troubleLines(outcomes),
    ...rollbackLines(undone),
    ...waysOn(options),
  ]
  return {
    output: json ? jsonOf(value) : well ? `${options.name} is up: ${summary}\n` : '',
    notes: linesOf([...notes, ...(well ? [] : trouble)]),
    exitCode: well ? EXIT.fine : (interrupted?.exitCode ?? EXIT.failure),
  }
}

/** `undone`: a sentence where the way back could not be begun. */
function rollbackLines(undone: readonly Outcome[] | string): string[] {
  if (typeof undone === 'string') return [`error: nothing was rolled back: ${undone}`]
  return undone.length > 0 ? ['rolled back:', ...troubleLines(undone)] : []
}
