// Mocha's own "spec" report; beside it .cache/tests.json (or another, by the reporter's option "counts"), so that .ci/run counts
// what mocha counted, and repeats the failures at its end. When the tests are over and the process does not end, because one of them
// left something running, it says what that is and fails.
const {mkdirSync, rmSync, writeFileSync} = require('node:fs')
const {join, relative} = require('node:path')
const {reporters} = require('mocha')

const root = join(__dirname, '..')
const folder = join(root, '.cache')
const PATIENCE = 10_000

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = join(folder, options.reporterOptions?.counts ?? 'tests.json')
    rmSync(file, {force: true})
    runner.once('end', () => {
      const {passes: passed, failures: failed, pending: skipped} = this.stats
      mkdirSync(folder, {recursive: true})
      writeFileSync(
        file,
        `${JSON.stringify({passed, failed, skipped, failures: this.failures.map(describe)})}\n`,
      )
      setTimeout(endAnyway, PATIENCE).unref()
    })
  }
}

/** @param {import('mocha').Test} test that failed */
function describe(test) {
  return {
    title: `${test.file ? relative(root, test.file) : ''}: ${test.fullTitle()}`,
    message: String(test.err?.stack ?? test.err),
  }
}

function endAnyway() {
  console.error(`tests left something running: ${process.getActiveResourcesInfo().join(', ')}`)
  process.exit(1)
}
