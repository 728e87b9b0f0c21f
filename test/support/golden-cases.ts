/**
 * Golden cases: test/golden/TOPIC/CASE.yaml is what a user writes, CASE.conf and CASE.diagnostics are what `lbex render`
 * prints for it (the latter only where it has something to say), CASE.options.yaml is how lbex is run. Each of examples/ is a
 * case too, on the cluster that is beside them.
 */
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import {ALLOCATE_ALL} from '../../src/core/addresses/allocation-state.js'
import type {BindError} from '../../src/diagnostics/bind-error.js'
import {parseNginxVersion, type NginxCapabilities} from '../../src/dataplane/nginx-capabilities.js'
import {poolsOf, type PoolTexts} from './address-pools.js'
import {without, type TestOptions} from './translate.js'
import {options} from './builders.js'

export type GoldenCase = {
  /** `TOPIC/CASE`. */
  readonly name: string
  /** Absolute path of the topic's folder. */
  readonly folder: string
  /** What lbex reads, from that folder. */
  readonly manifests: readonly string[]
  readonly coverage: 'complete' | 'partial'
  readonly options: TestOptions
}

export type Expected = {readonly conf: string; readonly diagnostics: string}

const golden = fileURLToPath(new URL('../golden/', import.meta.url))
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const OPTIONS = '.options.yaml'
const EXPECTED = ['.conf', '.diagnostics'] as const

export function goldenCases(): GoldenCase[] {
  const written = goldenFiles()
    .filter((path) => path.endsWith('.yaml') && !path.endsWith(OPTIONS))
    .map((path) => path.slice(0, -'.yaml'.length))
    .map(readCase)
  return [...written, ...exampleCases()]
}

function exampleCases(): GoldenCase[] {
  const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'))
  return files.sort().map((file) => ({
    name: `examples/${basename(file, '.yaml')}`,
    folder: examples,
    manifests: [file, 'cluster'],
    coverage: 'complete',
    options: options({allowLocalEndpoints: true}),
  }))
}

/** Files beside the cases that belong to none: left behind by a case that was renamed or removed. */
export function strayFiles(): string[] {
  const cases = new Set(goldenCases().map(({name}) => name))
  return goldenFiles().filter((path) => {
    const extension = [OPTIONS, '.yaml', ...EXPECTED].find((end) => path.endsWith(end))
    return extension === undefined || !cases.has(path.slice(0, -extension.length))
  })
}

/** Paths below test/golden, sorted; the runners and the cases of `lbex check` (golden-check.ts) are not among them. */
function goldenFiles(): string[] {
  return readdirSync(golden, {recursive: true, withFileTypes: true, encoding: 'utf8'})
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(golden.length))
    .filter((path) => !path.startsWith('check/'))
    .sort()
}

/** What is written down for a case; a missing file is an empty text. */
export function readExpected(name: string): Expected {
  const [conf, diagnostics] = EXPECTED.map((extension) => readIfThere(golden + name + extension))
  return {conf: conf ?? '', diagnostics: diagnostics ?? ''}
}

export function writeExpected(name: string, {conf, diagnostics}: Expected): void {
  writeFileSync(`${golden}${name}.conf`, conf)
  if (diagnostics === '') rmSync(`${golden}${name}.diagnostics`, {force: true})
  else writeFileSync(`${golden}${name}.diagnostics`, diagnostics)
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function readCase(name: string): GoldenCase {
  const path = golden + name
  const {coverage, ...overrides} = readOptions(path + OPTIONS)
  return {
    name,
    folder: dirname(path),
    manifests: [`${basename(path)}.yaml`],
    coverage,
    options: options(overrides),
  }
}

type CaseOptions = Partial<TestOptions> & {readonly coverage: GoldenCase['coverage']}

/**
 * The options as YAML: `coverage` (default partial), `nginx: {version: 1.31.0}`, `held: {LISTENER: {code: CODE}}`, and all others as
 * they are called in the code. `now: 2026-12-31` is the date. `addressPools: {NAME: [RANGE]}` are pools; `follows: true` is a host that
 * does not allocate.
 */
function readOptions(path: string): CaseOptions {
  const {
    coverage = 'partial',
    nginx,
    held = {},
    now,
    addressPools,
    follows = false,
    ...others
  } = (parse(readIfThere(path)) ?? {}) as Record<string, unknown>
  const unknown = Object.keys(others).filter((key) => !(key in options()) && !WITHOUT_DEFAULT.has(key))
  if (unknown.length > 0) throw new Error(`${path}: there is no option ${unknown.join(', ')}`)
  return {
    ...(others as Partial<TestOptions>),
    ...(addressPools !== undefined && {addressPools: poolsOf(addressPools as PoolTexts)}),
    ...(nginx !== undefined && {nginx: capabilities(nginx as NginxOption)}),
    host: {
      ...without(held as Record<string, BindError>),
      ...(now !== undefined && {now: Date.parse(now as string)}),
      ...(follows === true && {allocation: {...ALLOCATE_ALL, allocates: false}}),
    },
    coverage: coverage as GoldenCase['coverage'],
  }
}

/** Options that are absent by default. */
const WITHOUT_DEFAULT: ReadonlySet<string> = new Set(['serviceName', 'zone'])

type NginxOption = Pick<NginxCapabilities, 'withoutSslPreread' | 'drainObstacle'> & {
  readonly version: string
  readonly plus?: boolean
}

function capabilities({version, plus = false, ...others}: NginxOption): TestOptions['nginx'] {
  const parsed = parseNginxVersion(version)
  if (!parsed) throw new Error(`${version} is no version of NGINX`)
  return {version: parsed, plus, liveUpdates: false, ...others}
}
