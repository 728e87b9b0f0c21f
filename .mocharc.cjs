// How mocha runs: TypeScript as it stands (tsx), as ES modules, and the counts of the run kept in a file.
// No list of tests in here: mocha would add it to the ones that are named on the command line.
const {timeFactor} = require('./scripts/time-factor.cjs')

module.exports = {
  'node-option': [
    'import=tsx',
    'import=./scripts/coverage-loader.mjs',
    'import=./scripts/quick-assert.mjs',
    // Where require() can load ES modules mocha prefers it, and tsx would make CommonJS of everything.
    'no-experimental-require-module',
  ],
  reporter: './scripts/mocha-reporter.cjs',
  // As UNIT_TIMEOUT of test/support/timeouts.ts.
  timeout: Math.ceil(20_000 * timeFactor()),
  forbidOnly: Boolean(process.env.CI),
}
