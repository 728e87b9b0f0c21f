/** `lbex gce status`: shows the state of a group and its hosts. */
import type {GceJsonFlags, GceStatusFlags, GceTargetFlags} from '../../cli/flags/gce.js'
import type {Gcloud} from '../gcloud.js'
import {escapeFor} from '../../diagnostics/escape.js'
import {groupErrors, type GroupError, type GroupState} from '../group-state.js'
import {statusText} from '../status-text.js'
import {namesOf, type GroupTarget} from '../target.js'
import {inRegion} from '../resource.js'
import {readGroup} from '../wait.js'
import {EXIT, type CommandReport} from '../../report/report.js'
import {targetOf} from './gce-options.js'
import {interruption, jsonOf, REAL_EDGES, withSession, type GceEdges, type GceSession} from './gce-session.js'

export type StatusFlags = GceTargetFlags & GceJsonFlags & GceStatusFlags

/** Milliseconds between two polls with --watch. */
const POLL_INTERVAL = 5000

const CLEAR = '\u001B[H\u001B[2J'

/** Exit code 1 if the group is not stable or does not exist. Rejects with a UsageError or a Failure. */
export async function gceStatus(
  flags: StatusFlags,
  notices: readonly string[],
  edges: GceEdges = REAL_EDGES,
): Promise<CommandReport> {
  const target = targetOf(flags)
  return withSession(edges, notices, (session) =>
    flags.watch ? watch(session, target, flags, edges) : readStatus(session.gcloud, target, flags),
  )
}

/** Runs until it is interrupted, or until the reader of its output is gone. */
async function watch(
  session: GceSession,
  target: GroupTarget,
  flags: StatusFlags,
  {clock, stderr, stdout, write}: GceEdges,
): Promise<CommandReport> {
  const {signal} = session.gcloud
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  stdout.on('error', leave).on('close', leave)
  const either = AbortSignal.any([signal, gone.signal])
  try {
    while (!gone.signal.aborted) {
      const {output, notes} = await readStatus(session.gcloud, target, flags)
      write((process.stdout.isTTY && !flags.json ? CLEAR : '') + escapeFor('text', output))
      stderr.write(escapeFor('text', notes))
      await clock.delay(POLL_INTERVAL, either)
      const interrupted = interruption(session)
      if (interrupted) return {output: '', notes: '', exitCode: interrupted.exitCode}
    }
    return {output: '', notes: '', exitCode: EXIT.fine}
  } finally {
    stdout.off('error', leave).off('close', leave)
  }
}

async function readStatus(gcloud: Gcloud, target: GroupTarget, flags: StatusFlags): Promise<CommandReport> {
  const name = namesOf(target).group
  const args = ['compute', 'instance-groups', 'managed', 'list-errors', name, ...inRegion(target)]
  const [state, printed] = await Promise.all([readGroup(gcloud, target), gcloud.read({args, name})])
  if (!state) {
    const notes = `group ${name} does not exist in ${target.region} of the project ${target.project}\n`
    const output = flags.json ? jsonLine({group: null}, flags) : ''
    return {output, notes, exitCode: EXIT.diagnostics}
  }
  const errors = groupErrors(printed)
  return {
    output: shown(state, errors, flags),
    notes: '',
    exitCode: state.stable ? EXIT.fine : EXIT.diagnostics,
  }
}

function shown(state: GroupState, errors: readonly GroupError[], flags: StatusFlags): string {
  return flags.json ? jsonLine({...state, errors}, flags) : statusText(state, errors)
}

/** With --watch, each object is one line. */
function jsonLine(value: unknown, {watch}: StatusFlags): string {
  return watch ? escapeFor('json', `${JSON.stringify(value)}\n`) : jsonOf(value)
}
