// Finds keepalived and BIRD, which tests and a benchmark use to lose hosts for real: those that are installed, else copies in
// .cache/, from the packages of Debian or Ubuntu. Plain JavaScript without dependencies, because it runs before `npm ci`.
//
//   node scripts/get-ha.mjs     fetches them if they are missing, and prints their paths
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {unpackProgram} from './debian-packages.mjs'

const execute = promisify(execFile)

/** How long they may take to be fetched by hand, milliseconds. */
const FETCH_TIME = 300_000

/** `version`: the option that prints the version. */
const PROGRAMS = {
  keepalived: {packages: ['keepalived'], version: '--version'},
  bird: {packages: ['bird2'], version: '--version'},
}

/**
 * `{keepalived, bird}`: absolute paths; birdc is in the folder of bird. `{reason}` if one is missing. Fetches only if `limit` says
 * how many milliseconds that may take for each.
 */
export async function getHa({limit} = {}) {
  const found = await Promise.all(Object.keys(PROGRAMS).map((name) => getOne(name, limit)))
  const reason = found.find((each) => each.reason)?.reason
  return reason ? {reason} : {keepalived: found[0].binary, bird: found[1].binary}
}

async function getOne(name, limit) {
  const {packages, version} = PROGRAMS[name]
  const program = `usr/sbin/${name}`
  const folder = fileURLToPath(new URL(`../.cache/${name}/`, import.meta.url))
  const cached = join(folder, 'root', program)
  for (const binary of [`/${program}`, cached]) if (await runs(binary, version)) return {binary}
  if (limit === undefined) return {reason: `${name} is missing: npm run setup fetches it`}
  try {
    await unpackProgram({folder, packages, program, limit})
  } catch (error) {
    return {reason: `${name} cannot be fetched: ${error.message}`}
  }
  return (await runs(cached, version))
    ? {binary: cached}
    : {reason: `the ${name} that was fetched does not run here`}
}

async function runs(binary, version) {
  return execute(binary, [version]).then(
    () => true,
    () => false,
  )
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const {keepalived, bird, reason} = await getHa({limit: FETCH_TIME})
  if (reason) process.exitCode = 3
  console.log(reason ?? `${keepalived}\n${bird}`)
}
