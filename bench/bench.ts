/**
 * npm run bench: prints measurements of lbex and writes them to bench/results/. `npm run bench -- cluster` runs one part, and
 * with --record the results of compare replace those that docs/benchmarks.md shows.
 */
import {fuzzCheck} from '../test/support/check-fuzz.js'
import {benchAddresses} from './addresses-bench.js'
import {benchApply} from './apply-bench.js'
import {benchCheck} from './check-bench.js'
import {benchCluster} from './cluster-bench.js'
import {COMPARED} from './compare/compare-bench.js'
import {atTheEnd, environment} from './environment.js'
import {benchFailover} from './failover-bench.js'
import {benchGce} from './gce-bench.js'
import {benchHealth} from './health-bench.js'
import {benchChurn, benchLive} from './live-bench.js'
import {benchLiveMemory} from './live-memory-bench.js'
import {benchNames} from './names-bench.js'
import {benchObserve} from './observe-bench.js'
import {benchPublish} from './publish-bench.js'
import {record} from './record.js'
import {partMarkdown, writeReport, type PartResult} from './report.js'
import {benchSettings} from './settings/settings-bench.js'
import {benchStart} from './start-bench.js'
import {benchTranslate} from './translate-bench.js'

const CLUSTERS = [
  {services: 100, endpoints: 3},
  {services: 500, endpoints: 3},
  {services: 1000, endpoints: 10},
  {services: 5000, endpoints: 3},
  {services: 5000, endpoints: 10},
]

const LIVE = (process.env['BENCH_SIZES'] ?? '100,1000,5000')
  .split(',')
  .map(Number)
  .map((services) => ({services, endpoints: 10}))

const PARTS: Record<string, () => Promise<object[]>> = {
  addresses: benchAddresses,
  translate: () => oneByOne([1000, 5000, 10_000], benchTranslate),
  apply: () => oneByOne([100, 1000, 5000], benchApply),
  names: () => oneByOne([1000], benchNames),
  cluster: () => oneByOne(CLUSTERS, benchCluster),
  live: async () => (await oneByOne(LIVE, benchLive)).flat(),
  'live-churn': () => benchChurn({services: 10_000, endpoints: 10}),
  'live-memory': () => benchLiveMemory(Number(process.env['BENCH_CHANGES'] ?? 100_000)),
  publish: benchPublish,
  settings: benchSettings,
  health: benchHealth,
  observe: benchObserve,
  start: async () => [benchStart()],
  check: benchCheck,
  gce: benchGce,
  failover: benchFailover,
  fuzz: async () => [await fuzzCheck(100_000, 42)],
  ...COMPARED,
}

/** Several parts by one name. */
const GROUPS: Record<string, readonly string[]> = {compare: Object.keys(COMPARED)}

/** Take minutes, and are needed after changes of their subject only: run on request. */
const ON_DEMAND = ['live', 'live-churn', 'live-memory', 'failover', 'fuzz', ...Object.keys(COMPARED)]

const given = process.argv.slice(2).filter((argument) => argument !== '--record')
const wanted = given.flatMap((name) => GROUPS[name] ?? [name])
const unknown = wanted.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  const names = [...Object.keys(PARTS), ...Object.keys(GROUPS)]
  console.error(`unknown part ${unknown.join(', ')}; the parts are ${names.join(', ')}`)
  process.exit(2)
}

const UNIT = 'Durations are milliseconds: minimum / median / maximum, or the percentiles 50 / 90 / 99.'

const [started, begun, before] = [new Date(), performance.now(), await environment()]
const parts: Record<string, PartResult> = {}
for (const [name, bench] of Object.entries(PARTS)) {
  if (wanted.length > 0 ? !wanted.includes(name) : ON_DEMAND.includes(name)) continue
  parts[name] = {title: UNIT, rows: await bench()}
  console.log(`\n${partMarkdown(name, parts[name])}`)
}
const files = await writeReport({
  name: 'bench',
  command: ['npm run bench', ...(wanted.length > 0 ? ['--', ...wanted] : [])].join(' '),
  started,
  seconds: (performance.now() - begun) / 1000,
  notes: [],
  environment: atTheEnd(before),
  parts,
})
console.log(`\nwritten to ${files.join(' and ')}`)
if (process.argv.includes('--record'))
  await record(Object.fromEntries(Object.entries(parts).map(([name, {rows}]) => [name, rows])))

async function oneByOne<S, T extends object>(
  sizes: readonly S[],
  bench: (size: S) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const size of sizes) results.push(await bench(size))
  return results
}
