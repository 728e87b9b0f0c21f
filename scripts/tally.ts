/**
 * Prints the totals at the end of .ci/run. Takes the exit codes of the gates, the tests and the install tests. Fails if anything
 * failed, even without a failed test (coverage, the build), and if no test ran.
 */
import {existsSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

type Counts = {readonly passed: number; readonly failed: number; readonly skipped?: number}

const cache = fileURLToPath(new URL('../.cache/', import.meta.url))
const [gatesExit, testsExit, installExit] = process.argv.slice(2)

const gates = counts('gates.json', gatesExit)
const tests = counts('tests.json', testsExit)
const installs = counts('install-tests.json', installExit)
const failed = gates.failed + tests.failed + installs.failed
console.log(`gates: ${gates.passed} passed, ${gates.failed} failed`)
console.log(`tests: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped ?? 0} skipped`)
console.log(
  `installs: ${installs.passed} passed, ${installs.failed} failed, ${installs.skipped ?? 0} skipped`,
)
console.log(`${tests.passed + installs.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function counts(name: string, exitCode: string | undefined): Counts {
  const none: Counts = {passed: 0, failed: 0}
  const counted = existsSync(cache + name) ? (JSON.parse(readFileSync(cache + name, 'utf8')) as Counts) : none
  const fine = exitCode === '0' && counted.passed > 0
  return fine || counted.failed > 0 ? counted : {...counted, failed: 1}
}
