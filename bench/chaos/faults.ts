/** Runs the tests of faults, and makes a table of them: the fault, what lbex does, and what became of the traffic. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {TRAFFIC_LOG, type NotedTraffic} from '../../test/support/note-traffic.js'
import type {PartResult} from '../report.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Tests, each with a pattern of the titles that are about faults. */
const TESTS: readonly (readonly [file: string, titles: string])[] = [
  ['test/e2e/api-faults.test.ts', '.'],
  ['test/e2e/publish-faults.test.ts', '.'],
  ['test/e2e/on-double.test.ts', 'killed with -9|lbex stops|API server that is killed|a disk that is full'],
  ['test/component/sources/cluster/connection-faults.test.ts', '.'],
]

type MochaTest = {readonly fullTitle: string; readonly err: {readonly message?: string}}
type MochaReport = {readonly passes: readonly MochaTest[]; readonly failures: readonly MochaTest[]}

export async function faultTable(): Promise<PartResult> {
  const rows: object[] = []
  const violations: string[] = []
  for (const [file, titles] of TESTS) {
    console.log(`running ${file}`)
    const {report, traffic} = await runTests(file, titles)
    if (!report) violations.push(`${file} ended without a report`)
    const {passes = [], failures = []} = report ?? {}
    rows.push(...[...passes, ...failures].map((test) => rowOf(test, traffic)))
    violations.push(...failures.map(({fullTitle, err}) => `${fullTitle}: ${err.message}`))
  }
  return {
    title: `${rows.length} faults, each as a test that fails if something else happens. Traffic is measured if NGINX serves it then.`,
    rows,
    violations,
  }
}

/** `report` is undefined if mocha failed before the tests. */
async function runTests(
  file: string,
  titles: string,
): Promise<{report?: MochaReport; traffic: readonly NotedTraffic[]}> {
  const folder = await mkdtemp(join(tmpdir(), 'lbex-chaos-'))
  try {
    const [report, traffic] = [join(folder, 'report.json'), join(folder, 'traffic.jsonl')]
    const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'))
    const parameters = ['--reporter', 'json', '--reporter-option', `output=${report}`, '--grep', titles]
    const child = spawn(process.execPath, [mocha, ...parameters, file], {
      cwd: root,
      env: {...process.env, [TRAFFIC_LOG]: traffic},
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await once(child, 'exit')
    return {
      ...(existsSync(report) && {report: JSON.parse(readFileSync(report, 'utf8')) as MochaReport}),
      traffic: existsSync(traffic) ? parseLines(readFileSync(traffic, 'utf8')) : [],
    }
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

function parseLines(text: string): NotedTraffic[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NotedTraffic)
}

function rowOf({fullTitle, err}: MochaTest, noted: readonly NotedTraffic[]): object {
  const [fault, ...outcome] = fullTitle.split(': ')
  const traffic = noted.find(({test}) => test === fullTitle)
  return {
    fault,
    'what happens': outcome.join(': '),
    ...trafficColumns(traffic),
    result: err.message === undefined ? 'as stated' : 'violation',
  }
}

function trafficColumns(traffic: NotedTraffic | undefined): object {
  if (!traffic) return {connections: undefined, failed: undefined, 'sessions alive': undefined}
  const {succeeded, failed, sessionsAlive} = traffic
  return {connections: succeeded + failed, failed, 'sessions alive': sessionsAlive}
}
