// Mocha's own "spec" report; beside it .cache/tests.json (or another, by the reporter's option "counts"), so that .ci/run counts
// what mocha counted. When the tests are over and
// the process does not end, because one of them left something running, it says what that is and fails.
const {mkdirSync, rmSync, writeFileSync} = require('node:fs')
const {join} = require('node:path')
const {reporters} = require('mocha')

const folder = join(__dirname, '..', '.cache')
const PATIENCE = 10_000

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = join(folder, options.reporterOptions?.counts ?? 'tests.json')
    rmSync(file, {force: true})
    runner.once('end', () => {
      const {passes: passed, failures: failed, pending: skipped} = this.stats
      mkdirSync(folder, {recursive: true})
      writeFileSync(file, `${JSON.stringify({passed, failed, skipped})}\n`)
      setTimeout(endAnyway, PATIENCE).unref()
    })
  }
}

function endAnyway() {
  console.error(`tests left something running: ${process.getActiveResourcesInfo().join(', ')}`)
  process.exit(1)
}
