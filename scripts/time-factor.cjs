// How much slower than usual this machine is, now that the tests begin: the limits of their times grow by it.
const {spawnSync} = require('node:child_process')
const {performance} = require('node:perf_hooks')

/** Milliseconds that `node -e 0` takes on a quiet machine of usual speed. */
const USUAL = 40
/** Beyond it the tests do not end in any useful time. */
const MOST = 10

/** From 1 to MOST. Measured once: processes that the tests start find it in the environment, where you can also set it. */
function timeFactor() {
  const known = Number(process.env.TEST_TIME_FACTOR)
  if (known > 0) return known
  const factor = Math.min(MOST, Math.max(1, Math.min(startTime(), startTime()) / USUAL))
  process.env.TEST_TIME_FACTOR = factor.toFixed(1)
  return Number(process.env.TEST_TIME_FACTOR)
}

function startTime() {
  const start = performance.now()
  spawnSync(process.execPath, ['-e', '0'], {env: {}})
  return performance.now() - start
}

module.exports = {timeFactor}
