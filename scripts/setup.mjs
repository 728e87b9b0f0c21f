// Prepares a fresh clone: installs the packages, and the NGINX versions of the tests. Plain JavaScript without dependencies,
// because no package is installed yet when it runs. Prints nothing if there is nothing to do.
//
//   node scripts/setup.mjs            packages and NGINX; further versions of NGINX, HAProxy, keepalived and BIRD, if they can be had
//   node scripts/setup.mjs packages   packages only
import {spawnSync} from 'node:child_process'
import {existsSync, statSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const OLDEST_NODE = [20, 19]
/** How long a program that is not required may take to be fetched, milliseconds. */
const OPTIONAL_TIME = 120_000

checkNode()
installPackages()
if (process.argv[2] !== 'packages') {
  await provideNginx()
  await provideOptionalPrograms()
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  if (!enough) fail(`lbex needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}`)
}

/** npm writes its own copy of the lock file last: if it is missing or older than ours, node_modules is out of date. */
function installPackages() {
  const installed = `${root}node_modules/.package-lock.json`
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs)
    return
  console.log('setup: npm ci')
  const {status, error} = runNpm(['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'])
  if (error) fail(`npm cannot be started: ${error.message}`)
  if (status !== 0) fail('npm ci failed; its output is above')
}

/** Runs the npm that started this script, if any, otherwise the first one on the PATH. */
function runNpm(parameters) {
  const npm = process.env.npm_execpath
  const [command, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  return spawnSync(command, [...before, ...parameters], {cwd: root, stdio: ['ignore', 'inherit', 'inherit']})
}

async function provideNginx() {
  const {getNginx} = await import('./get-nginx.mjs')
  try {
    await getNginx()
  } catch (error) {
    fail([error.message, error.hint].filter(Boolean).join('\n'))
  }
}

/** Without them, tests are skipped: says which, so that it is not overlooked. */
async function provideOptionalPrograms() {
  const {nginxOf, OTHER_SUITES} = await import('./get-nginx.mjs')
  const {getHaproxy} = await import('./get-haproxy.mjs')
  const {getHa} = await import('./get-ha.mjs')
  const options = {limit: OPTIONAL_TIME}
  const found = await Promise.all([
    ...OTHER_SUITES.map((suite) => nginxOf(suite, options)),
    getHaproxy(options),
    getHa(options),
  ])
  for (const {reason} of found) if (reason) console.log(`setup: tests are skipped: ${reason}`)
}

function fail(message) {
  console.error(`setup: ${message}`)
  process.exit(3)
}
