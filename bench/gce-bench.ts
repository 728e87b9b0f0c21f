/**
 * `lbex gce up` with the real gcloud, on fakes of Google's APIs whose operations take 50 ms: how much longer it takes than the
 * longest chain of dependent gcloud calls.
 */
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {loadavg} from 'node:os'
import type {ApiRequest} from '../test/support/gce-fake/http.js'
import {gceWorld, type World} from '../test/support/gce-fake/world.js'
import {figures, round} from './measure.js'

const RUNS = 2
const OPERATION_TIME = 50

export type GceResult = {
  /** A clean `up`, milliseconds. */
  readonly up: number
  /** Duration of the gcloud calls that depend on each other: the longest read, the longest chain of steps, the final check. */
  readonly chain: number
  /** `up` / `chain`. With few CPUs the reads run one after another, but `chain` counts only the longest one. */
  readonly ratio: number
  /** Duration of the critical path as it ran: the last call, the call that ended last before that one started, and so on. */
  readonly path: number
  /** `up` / `path`: the share that is not spent in gcloud; target: at most 1.3. */
  readonly pathRatio: number
  /** An `up` without changes, milliseconds; target: at most 6000. */
  readonly again: number
  /** CPU time of its gcloud calls, milliseconds: on two idle CPUs it cannot take less than half of that. */
  readonly againCpu: number
  /** Number of its gcloud calls. */
  readonly readings: number
  /** Median duration of a gcloud call of `again`, and duration of a single call on an idle machine, milliseconds. */
  readonly gcloud: number
  readonly alone: number
  /** Maximum number of concurrent creations, by their processes; the requests show a separate invocation for each. */
  readonly overlap: number
  /** Load average of the machine before each run. */
  readonly load: number
}

/** Empty if gcloud is not installed. */
export async function benchGce(): Promise<GceResult[]> {
  if (spawnSync('gcloud', ['--version']).error) {
    console.log('gcloud is not installed: https://cloud.google.com/sdk/docs/install')
    return []
  }
  const steps = await plannedSteps()
  const results: GceResult[] = []
  for (let run = 0; run < RUNS; run += 1) results.push(await benchUp(steps))
  return results
}

type PlannedStep = {
  readonly step: string
  readonly command: readonly string[]
  readonly after: readonly string[]
}

/** The steps of a clean `up`, as planned with the fake gcloud. */
async function plannedSteps(): Promise<PlannedStep[]> {
  const world = await gceWorld()
  const {output} = await world.up('--dry-run', '--json').finally(() => world.close())
  return (JSON.parse(output) as {steps: PlannedStep[]}).steps
}

type Call = {readonly line: string; readonly time: number; readonly from: number; readonly to: number}

async function benchUp(steps: readonly PlannedStep[]): Promise<GceResult> {
  const load = round(loadavg()[0] ?? 0)
  let calls: Call[] = []
  const world = await gceWorld({
    gcloud: 'real',
    operationTime: OPERATION_TIME,
    wrapGcloud:
      (run) =>
      async (args, ...rest) => {
        const from = performance.now()
        const result = await run(args, ...rest)
        const to = performance.now()
        calls.push({line: lineOf(args), time: to - from, from, to})
        return result
      },
  })
  const timed = async (): Promise<{wall: number; cpu: number; made: Call[]}> => {
    calls = []
    const cpu = cpuOfChildren()
    const start = performance.now()
    const {exitCode, notes} = await world.up()
    if (exitCode !== 0) throw new Error(notes)
    return {wall: performance.now() - start, cpu: cpuOfChildren() - cpu, made: calls}
  }
  try {
    const up = await timed()
    const overlap = mostAtOnce(up.made, world.fake.http.requests)
    const again = await timed()
    const [chain, path] = [chainOf(steps, up.made), pathOf(up.made)]
    const ratio = (time: number): number => Math.round((100 * up.wall) / time) / 100
    return {
      up: round(up.wall),
      chain: round(chain),
      ratio: ratio(chain),
      path: round(path),
      pathRatio: ratio(path),
      again: round(again.wall),
      againCpu: again.cpu,
      readings: again.made.length,
      gcloud: figures(again.made.map(({time}) => time)).median,
      alone: await timeAlone(world),
      overlap,
      load,
    }
  } finally {
    await world.close()
  }
}

/** CPU time of child processes that have exited, milliseconds: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, cutime and cstime. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

function lineOf(args: readonly string[]): string {
  return args.filter((arg) => arg !== '--format=json').join(' ')
}

/** `made`: in the order in which they ended. */
function chainOf(steps: readonly PlannedStep[], made: readonly Call[]): number {
  const times = new Map(made.map(({line, time}) => [line, time]))
  const changes = new Set(steps.map(({command}) => lineOf(command.slice(1))))
  const first = made.findIndex(({line}) => changes.has(line))
  const last = made.findLastIndex(({line}) => changes.has(line))
  const ends = new Map<string, number>()
  for (const {step, command, after} of steps) {
    const before = Math.max(0, ...after.map((id) => ends.get(id) ?? 0))
    // Of the waits, only the final check takes time here.
    ends.set(step, before + (times.get(lineOf(command.slice(1))) ?? 0))
  }
  return longest(made.slice(0, first)) + Math.max(...ends.values()) + longest(made.slice(last + 1))
}

/** `made`: in the order in which they ended. */
function pathOf(made: readonly Call[]): number {
  const last = made.at(-1)
  if (!last) return 0
  return last.time + pathOf(made.filter(({to}) => to <= last.from))
}

function longest(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({time}) => time))
}

/** Throws if a gcloud call made more than one creation. */
function mostAtOnce(calls: readonly Call[], requests: readonly ApiRequest[]): number {
  const creations = calls.filter(({line}) => / create /.test(line))
  const senders = new Set(
    requests.filter(({command}) => command.includes('.create')).map(({invocation}) => invocation),
  )
  if (senders.size !== creations.length)
    throw new Error(`${creations.length} creations by ${senders.size} gcloud calls`)
  return Math.max(
    ...creations.map(({from}) => creations.filter((call) => call.from <= from && from < call.to).length),
  )
}

async function timeAlone({runGcloud}: World): Promise<number> {
  const start = performance.now()
  const args = ['compute', 'networks', 'describe', 'net', '--project=my-project', '--format=json']
  await runGcloud(args, new AbortController().signal, 120_000)
  return round(performance.now() - start)
}
