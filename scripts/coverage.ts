/**
 * Checks the coverage that c8 measured: every line of the pure files, 90 % of the other lines of each layer. Only code that runs in
 * the processes of mocha counts; a bin/run.js that a test starts runs the bundle.
 */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {transformSync} from 'esbuild'
import {isPure, LAYERS, layerOf} from './layers.mjs'

/** The report of c8 for one file: with V8, a statement is a line. */
type FileCoverage = {
  readonly path: string
  readonly statementMap: Readonly<Record<string, {readonly start: {readonly line: number}}>>
  readonly s: Readonly<Record<string, number>>
}

type Measured = {readonly file: string; readonly lines: number; readonly missing: readonly number[]}

const root = fileURLToPath(new URL('..', import.meta.url))
const report = join(root, 'coverage/coverage-final.json')
const LEAST_ELSEWHERE = 90

const measured = [...reported(), ...neverLoaded()]
const findings = Object.keys(LAYERS).flatMap((layer) => [...judge(layer, true), ...judge(layer, false)])
const verdict = `coverage: every line of the pure files, at least ${LEAST_ELSEWHERE} % of the others in each layer`
console.log(findings.length === 0 ? verdict : findings.join('\n'))
// .ci/run repeats them at its end.
const failures = findings.map((title) => ({title, message: ''}))
writeFileSync(
  join(root, '.cache/coverage.json'),
  `${JSON.stringify({passed: findings.length === 0 ? 1 : 0, failed: findings.length, failures})}\n`,
)
process.exitCode = findings.length === 0 ? 0 : 1

function reported(): Measured[] {
  if (!existsSync(report)) throw new Error(`${relative(root, report)} is missing: run npm test`)
  const coverage = JSON.parse(readFileSync(report, 'utf8')) as Record<string, FileCoverage>
  return Object.values(coverage).map(({path, statementMap, s}) => ({
    file: relative(root, path),
    lines: Object.keys(s).length,
    missing: Object.entries(statementMap).flatMap(([id, {start}]) => (s[id] === 0 ? [start.line] : [])),
  }))
}

/** No line of a file that no test loads is covered, unless the file contains types only. */
function neverLoaded(): Measured[] {
  const known = new Set(reported().map(({file}) => file))
  return readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'})
    .map((name) => `src/${name}`)
    .filter((file) => file.endsWith('.ts') && !known.has(file) && holdsCode(file))
    .map((file) => {
      const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
      return {file, lines, missing: Array.from({length: lines}, (_, index) => index + 1)}
    })
}

function holdsCode(file: string): boolean {
  const {code} = transformSync(readFileSync(join(root, file), 'utf8'), {loader: 'ts', format: 'esm'})
  return code.trim() !== ''
}

function judge(layer: string, pure: boolean): string[] {
  const files = measured.filter(({file}) => layerOf(file) === layer && isPure(file) === pure)
  const least = pure ? 100 : LEAST_ELSEWHERE
  const lines = sum(files.map((file) => file.lines))
  const covered = lines - sum(files.map(({missing}) => missing.length))
  if (covered * 100 >= lines * least) return []
  const percent = Math.floor((covered * 1000) / lines) / 10
  const missing = files.filter((file) => file.missing.length > 0)
  return [
    `coverage: ${pure ? 'the pure files of ' : ''}${layer} have ${percent} % of their lines run, at least ${least} % are required; not covered:`,
    ...missing.map((file) => `  ${file.file}: ${ranges(file.missing)}`),
  ]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** `3-5, 9` for 3, 4, 5, 9. */
function ranges(lines: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const line of lines) {
    const run = runs.at(-1)
    if (run && line === run[1] + 1) run[1] = line
    else runs.push([line, line])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}
