/**
 * npm run bench: prints measurements of lbex and writes them to bench/results/ as JSON. `npm run bench -- cluster` runs one part,
 * and with --record the results of compare replace those that docs/benchmarks.md shows.
 */
import {mkdir, writeFile} from 'node:fs/promises'
import {cpus} from 'node:os'
import {fileURLToPath} from 'node:url'
import {fuzzCheck} from '../test/support/check-fuzz.js'
import {benchAddresses} from './addresses-bench.js'
import {benchApply} from './apply-bench.js'
import {benchCheck} from './check-bench.js'
import {benchCluster} from './cluster-bench.js'
import {COMPARED} from './compare/compare-bench.js'
import {benchFailover} from './failover-bench.js'
import {benchGce} from './gce-bench.js'
import {benchHealth} from './health-bench.js'
import {benchChurn, benchLive} from './live-bench.js'
import {benchLiveMemory} from './live-memory-bench.js'
import {benchNames} from './names-bench.js'
import {benchObserve} from './observe-bench.js'
import {benchPublish} from './publish-bench.js'
import {record} from './record.js'
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
  'live-memory': benchLiveMemory,
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

const results: Record<string, object[]> = {}
for (const [name, bench] of Object.entries(PARTS)) {
  if (wanted.length > 0 ? !wanted.includes(name) : ON_DEMAND.includes(name)) continue
  console.log(`\n${name}: milliseconds, min / median / max`)
  console.table((results[name] = await bench()).map(inOneLine))
}
await write()
if (process.argv.includes('--record')) await record(results)

async function oneByOne<S, T extends object>(
  sizes: readonly S[],
  bench: (size: S) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const size of sizes) results.push(await bench(size))
  return results
}

function inOneLine(row: object): object {
  const cell = (value: unknown): unknown =>
    typeof value === 'object' && value ? Object.values(value).join(' / ') : value
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)]))
}

async function write(): Promise<void> {
  const folder = new URL('results/', import.meta.url)
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder)
  await mkdir(folder, {recursive: true})
  const machine = {cpu: cpus()[0]?.model, cpus: cpus().length, node: process.version}
  await writeFile(file, `${JSON.stringify({machine, ...results}, undefined, 2)}\n`)
  console.log(`\nwritten to ${fileURLToPath(file)}`)
}
