/**
 * `lbex gce up` with the real gcloud, on fakes of Google's APIs whose operations take 50 ms: how much longer it takes than the
 * gclouds that have to wait for each other.
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
  /** The times of the gclouds in it that wait for each other: the longest reading, the longest chain of steps, the last look. */
  readonly chain: number
  /** `up` by `chain`. Few CPUs have to run the readings one after the other, of which `chain` counts the longest. */
  readonly ratio: number
  /** The times of the gclouds that `up` had to wait for as it was: the last one, the one that ended last before it began ... */
  readonly path: number
  /** `up` by `path`: what is no gcloud's; wanted: at most 1.3. */
  readonly pathRatio: number
  /** An `up` that has nothing to change, milliseconds; wanted: at most 6000. */
  readonly again: number
  /** CPU of the gclouds in it, milliseconds: on two CPUs that do nothing else it cannot take less than half. */
  readonly againCpu: number
  /** The gclouds that it runs. */
  readonly readings: number
  /** The median gcloud of `again`, milliseconds; and one that has the machine for itself. */
  readonly gcloud: number
  readonly alone: number
  /** Most creations under way at one moment, by their processes; each of them has an invocation of its own in the requests. */
  readonly overlap: number
  /** Other work on the machine, as the system counts it before each run. */
  readonly load: number
}

/** Nothing where gcloud is not installed. */
export async function benchGce(): Promise<GceResult[]> {
  if (spawnSync('gcloud', ['--version']).error) {
    console.log('needs gcloud: https://cloud.google.com/sdk/docs/install')
    return []
  }
  const steps = await plannedSteps()
  const results: GceResult[] = []
  for (let run = 0; run < RUNS; run += 1) results.push(await benchUp(steps))
  return results
}

type Step = {readonly step: string; readonly command: readonly string[]; readonly after: readonly string[]}

/** What a clean `up` does, from the stand-in for gcloud. */
async function plannedSteps(): Promise<Step[]> {
  const world = await gceWorld()
  const {output} = await world.up('--dry-run', '--json').finally(() => world.close())
  return (JSON.parse(output) as {steps: Step[]}).steps
}

type Call = {readonly line: string; readonly time: number; readonly from: number; readonly to: number}

async function benchUp(steps: readonly Step[]): Promise<GceResult> {
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

/** Of those that have ended, milliseconds: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, cutime and cstime. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

function lineOf(args: readonly string[]): string {
  return args.filter((arg) => arg !== '--format=json').join(' ')
}

/** `made`: in the order of their ends. */
function chainOf(steps: readonly Step[], made: readonly Call[]): number {
  const times = new Map(made.map(({line, time}) => [line, time]))
  const changes = new Set(steps.map(({command}) => lineOf(command.slice(1))))
  const first = made.findIndex(({line}) => changes.has(line))
  const last = made.findLastIndex(({line}) => changes.has(line))
  const ends = new Map<string, number>()
  for (const {step, command, after} of steps) {
    const before = Math.max(0, ...after.map((id) => ends.get(id) ?? 0))
    // Of the waiting only the last look takes time here.
    ends.set(step, before + (times.get(lineOf(command.slice(1))) ?? 0))
  }
  return longest(made.slice(0, first)) + Math.max(...ends.values()) + longest(made.slice(last + 1))
}

/** `made`: in the order of their ends. */
function pathOf(made: readonly Call[]): number {
  const last = made.at(-1)
  if (!last) return 0
  return last.time + pathOf(made.filter(({to}) => to <= last.from))
}

function longest(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({time}) => time))
}

/** Throws where two creations were not two gclouds. */
function mostAtOnce(calls: readonly Call[], requests: readonly ApiRequest[]): number {
  const creations = calls.filter(({line}) => / create /.test(line))
  const senders = new Set(
    requests.filter(({command}) => command.includes('.create')).map(({invocation}) => invocation),
  )
  if (senders.size !== creations.length)
    throw new Error(`${creations.length} creations of ${senders.size} gclouds`)
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
