// Finds HAProxy, which tests and benchmarks use as another implementation of what lbex does: the one that is installed, else a
// copy in .cache/haproxy, from the packages of Debian or Ubuntu. Plain JavaScript without dependencies, because it runs before
// `npm ci`.
//
//   node scripts/get-haproxy.mjs     fetches it if it is missing, and prints its path
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {unpackProgram} from './debian-packages.mjs'

const execute = promisify(execFile)

const folder = fileURLToPath(new URL('../.cache/haproxy/', import.meta.url))
const PROGRAM = 'usr/sbin/haproxy'
/** How long it may take to be fetched by hand, milliseconds. */
const FETCH_TIME = 300_000

/** `{binary}`, or `{reason}` if there is none. Fetches it only if `limit` says how many milliseconds that may take. */
export async function getHaproxy({limit} = {}) {
  const cached = join(folder, 'root', PROGRAM)
  for (const binary of ['/usr/sbin/haproxy', cached]) if (await runs(binary)) return {binary}
  if (limit === undefined) return {reason: 'HAProxy is missing: npm run setup fetches it'}
  try {
    await unpackProgram({folder, packages: ['haproxy'], program: PROGRAM, limit})
  } catch (error) {
    return {reason: `HAProxy cannot be fetched: ${error.message}`}
  }
  return (await runs(cached)) ? {binary: cached} : {reason: 'the HAProxy that was fetched does not run here'}
}

async function runs(binary) {
  return execute(binary, ['-v']).then(
    () => true,
    () => false,
  )
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const {binary, reason} = await getHaproxy({limit: FETCH_TIME})
  if (reason) process.exitCode = 3
  console.log(binary ?? reason)
}
