/** The parts of npm run chaos: each returns tables, and what should not have happened. */
import {soak, type SoakReport} from '../../test/e2e/soak/soak.js'
import type {Moment} from '../../test/e2e/moments/choose.js'
import {killAtMoments, type MomentsReport} from '../../test/e2e/moments/moments.js'
import {nginxOf} from '../../test/support/nginx-binary.js'
import {haPrograms} from '../../test/integration/ha/programs.js'
import {benchFailover} from '../failover-bench.js'
import {benchLiveMemory, type LiveMemoryResult} from '../live-memory-bench.js'
import {percentiles} from '../measure.js'
import type {PartResult} from '../report.js'
import type {ChaosOptions, PartName} from './arguments.js'
import {faultTable} from './faults.js'

type Tables = Readonly<Record<string, PartResult>>

export const RUN: Readonly<Record<PartName, (options: ChaosOptions) => Promise<Tables>>> = {
  faults: async () => ({faults: await faultTable()}),
  soak: soakTables,
  moments: momentsTables,
  failover: async () => ({failover: await failoverTable()}),
  memory: async ({changes}) => ({memory: await memoryTable(changes)}),
}

/** Megabytes that memory may grow after the first tenth of the changes: what a heap does between two garbage collections. */
const SLACK = {nginx: 5, lbex: 50}

async function soakTables({minutes, seed, suite}: ChaosOptions): Promise<Tables> {
  const live = await nginxOf(suite)
  if ('reason' in live) return {soak: notRun('Random changes and troubles.', live.reason)}
  const report = await soak({seed, milliseconds: minutes * 60_000, live})
  const about =
    'Random changes of Services, endpoints and Nodes, and troubles of the API server, NGINX, the disk and lbex, with traffic all the ' +
    'time. In each minute, what NGINX serves is compared with a fresh render of the cluster. Connections may fail only right ' +
    'after NGINX was killed. lbex is not killed in the second half, so that its memory can be compared.'
  return {
    soak: {title: about, rows: [soakRow(report, {minutes, seed})], violations: report.violations},
    troubles: {
      title: 'How often there was each trouble in this soak.',
      rows: Object.entries(report.troubles).map(([trouble, times]) => ({trouble, times})),
    },
  }
}

function soakRow(report: SoakReport, {minutes, seed}: Pick<ChaosOptions, 'minutes' | 'seed'>): object {
  const [middle, end] = report.resources
  const {traffic} = report
  return {
    seed: `${seed}`,
    minutes,
    changes: report.changes,
    troubles: Object.values(report.troubles).reduce((sum, times) => sum + times, 0),
    checks: report.checks,
    reloads: report.reloads,
    'without a reload (second half)': report.changesWithoutReload,
    connections: traffic.succeeded + traffic.failed,
    failed: traffic.failed,
    'MiB of lbex, middle': middle.memory,
    end: end.memory,
    'open files, middle': middle.openFiles,
    'end ': end.openFiles,
  }
}

async function momentsTables({count, seed, suite}: ChaosOptions): Promise<Tables> {
  const nginx = await nginxOf(suite)
  if ('reason' in nginx) return {moments: notRun('kill -9 of lbex and NGINX.', nginx.reason)}
  const report = await killAtMoments({
    ...{seed, count, nginx},
    progress: ({moment, took, violations}) =>
      console.log(
        `moment ${moment.number} of ${count}: ${Math.round(took)} ms${violations.length > 0 ? ', VIOLATION' : ''}`,
      ),
  })
  const {failed, succeeded, problems, sessionsAlive} = report.whileLbexDied
  const lost =
    failed > 0 ? [`${failed} connections failed while lbex was killed: ${JSON.stringify(problems)}`] : []
  return {
    moments: {
      title:
        `kill -9 at moments of changes without a reload, seed ${seed}. Milliseconds from the kill until NGINX served exactly what a fresh ` +
        `render of the cluster says, including the delay of 500 ms after which lbex writes changes into the configuration.`,
      rows: momentRows(report),
      violations: [...report.outcomes.flatMap(({violations}) => violations), ...lost],
    },
    'traffic of the moments': {
      title:
        'A Service that does not change, while lbex was killed and started again: 50 connections in a second.',
      rows: [{connections: succeeded + failed, failed, 'sessions alive': sessionsAlive}],
    },
  }
}

function momentRows({outcomes}: MomentsReport): object[] {
  const groups = new Map<string, {moment: Moment; took: number[]; violations: number}>()
  for (const {moment, took, violations} of outcomes) {
    const key = `${moment.victim} ${moment.step}`
    const group = groups.get(key) ?? {moment, took: [], violations: 0}
    group.took.push(took)
    group.violations += violations.length > 0 ? 1 : 0
    groups.set(key, group)
  }
  return [...groups.values()].map(({moment: {victim, step}, took, violations}) => {
    const {p50} = percentiles(took)
    return {
      killed: victim,
      'at or after': step,
      moments: took.length,
      median: Math.round(p50),
      longest: Math.round(Math.max(...took)),
      violations,
    }
  })
}

async function failoverTable(): Promise<PartResult> {
  const title =
    'Two hosts with one address, in network namespaces, and a client that connects every 10 ms. gap: longest time without service, ' +
    'milliseconds; disturbed: from the first to the last connection that was not answered at once.'
  const programs = await haPrograms()
  if ('reason' in programs) return notRun(title, programs.reason)
  const rows = await benchFailover()
  const violations = rows
    .filter(
      ({change, failed, succeeded}) => succeeded === 0 || (change.startsWith('kill -9 lbex,') && failed > 0),
    )
    .map(({engine, change, failed}) => `${engine}, ${change}: ${failed} connections failed`)
  return {title, rows, violations}
}

async function memoryTable(changes: number): Promise<PartResult> {
  const title =
    'Megabytes of all processes of NGINX, with shared memory counted once, and of the process that makes the changes; milliseconds of ' +
    'a change, on average.'
  const nginx = await nginxOf('sid')
  if ('reason' in nginx) return notRun(title, nginx.reason)
  const rows = await benchLiveMemory(changes)
  return {title, rows, violations: growth(rows)}
}

/** The first tenth fills caches. */
function growth([start, early, ...later]: readonly LiveMemoryResult[]): string[] {
  const last = later.at(-1)
  if (!start || !early || !last) return []
  return (['nginx', 'lbex'] as const).flatMap((name) => {
    const before = Math.max(start[name], early[name])
    return last[name] > before + SLACK[name]
      ? [`memory of ${name} grew from ${before} to ${last[name]} MB`]
      : []
  })
}

function notRun(title: string, reason: string): PartResult {
  return {title, rows: [], notRun: reason}
}
