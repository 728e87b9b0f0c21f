/**
 * Prints the failures and the totals at the end of .ci/run. Takes the exit codes of the gates, the tests and the install tests. Fails
 * if anything failed, even without a failed test (a build, a program that was left running), and if no test ran.
 */
import {existsSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

type Failure = {readonly title: string; readonly message: string}
type Counts = {
  readonly passed: number
  readonly failed: number
  readonly skipped?: number
  readonly failures?: readonly Failure[]
}

/** Of one failure, that many lines are shown: the message and the place. */
const LINES = 12

const cache = fileURLToPath(new URL('../.cache/', import.meta.url))
const [gatesExit, testsExit, installExit] = process.argv.slice(2)

const coverage = read('coverage.json')
const tests = counts('tests.json', (coverage?.failed ?? 0) > 0 ? '0' : testsExit)
const parts = {
  gates: counts('gates.json', gatesExit),
  tests,
  coverage: coverage ?? {passed: 0, failed: 0},
  installs: counts('install-tests.json', installExit),
}

for (const [name, {failures = []}] of Object.entries(parts))
  for (const failure of failures) show(name, failure)
for (const [name, {passed, failed, skipped = 0}] of Object.entries(parts))
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
const failed = Object.values(parts).reduce((sum, part) => sum + part.failed, 0)
console.log(`${tests.passed + parts.installs.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function counts(name: string, exitCode: string | undefined): Counts {
  const counted = read(name) ?? {passed: 0, failed: 0}
  if ((exitCode === '0' && counted.passed > 0) || counted.failed > 0) return counted
  const failure = {
    title: `exit code ${exitCode}, though no test failed`,
    message: 'see the end of its output above',
  }
  return {...counted, failed: 1, failures: [failure]}
}

function read(name: string): Counts | undefined {
  return existsSync(cache + name) ? (JSON.parse(readFileSync(cache + name, 'utf8')) as Counts) : undefined
}

function show(part: string, {title, message}: Failure): void {
  const lines = message.split('\n').slice(0, LINES)
  console.log(`FAILED ${part}: ${title}\n${lines.map((line) => `    ${line}\n`).join('')}`)
}
