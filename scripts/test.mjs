// The tests of npm test, or those of one glob, in lanes that run at the same time (lanes.mjs). The output of the first lane is shown as it comes, that
// of the others when the first has ended. The counts of all lanes end up in .cache/tests.json.
import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {globSync} from 'tinyglobby'
import {laneOf, LANES} from './lanes.mjs'
import timeFactor from './time-factor.cjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = `${root}.cache/`
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'))

const files = globSync(process.argv[2] ?? 'test/**/*.test.ts', {cwd: root, ignore: 'test/install/**'}).sort()
const used = LANES.filter((lane) => files.some((file) => laneOf(file) === lane))
// The lanes share the CPUs: a limit that is right for one lane would be too short for several.
process.env.TEST_TIME_FACTOR = (timeFactor.timeFactor() * used.length).toFixed(1)
rmSync(`${cache}tests.json`, {force: true})

let before = Promise.resolve()
const lanes = used.map((lane, index) => {
  const child = startLane(lane, index)
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  showAfter(before, child)
  before = Promise.all([before, ended]).then(() => {})
  return {lane, child, ended}
})
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'])
  process.on(signal, () => lanes.forEach(({child}) => child.kill(signal)))

const codes = await Promise.all(lanes.map(({ended}) => ended))
const counts = used.map(countsOf)
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((key) => total(counts, key))
mkdirSync(cache, {recursive: true})
const failures = counts.flatMap((count) => count.failures)
writeFileSync(`${cache}tests.json`, `${JSON.stringify({passed, failed, skipped, failures})}\n`)
for (const {title} of failures) console.log(`failed: ${title}`)
console.log(`all tests: ${passed} passing, ${skipped} pending, ${failed} failing`)
process.exitCode = Math.max(...codes)

function startLane(lane, index) {
  const ours = files.filter((file) => laneOf(file) === lane)
  const parameters = [mocha, '--reporter-option', `counts=${countsFile(lane)}`, ...ours]
  if (process.stdout.isTTY) parameters.push('--color')
  rmSync(cache + countsFile(lane), {force: true})
  return spawn(process.execPath, parameters, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, TEST_LANE: String(index)},
  })
}

/** Holds back what the lane prints until `ready`. */
function showAfter(ready, {stdout, stderr}) {
  const held = []
  let write = (target, part) => held.push([target, part])
  for (const [source, target] of [
    [stdout, process.stdout],
    [stderr, process.stderr],
  ])
    source.on('data', (part) => write(target, part))
  const flush = () => {
    for (const [target, part] of held.splice(0)) target.write(part)
    write = (target, part) => target.write(part)
  }
  void ready.then(flush)
  process.on('exit', flush)
}

function countsFile(lane) {
  return `tests-${lane}.json`
}

/** A lane that wrote no counts has failed without a test, as after a syntax error. */
function countsOf(lane) {
  const file = cache + countsFile(lane)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  return {
    passed: 0,
    failed: 1,
    skipped: 0,
    failures: [{title: `the lane ${lane}`, message: 'ended without counts'}],
  }
}

function total(counts, key) {
  return counts.reduce((sum, count) => sum + count[key], 0)
}
