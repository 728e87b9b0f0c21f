// Finds an NGINX with the stream module for tests and the demo: the one that is installed, else a copy that is fetched
// once into .cache/nginx. Plain JavaScript without dependencies, because it runs before `npm ci`.
//
//   node scripts/get-nginx.mjs            prints the path of nginx
//   node scripts/get-nginx.mjs SUITE      the same for the NGINX of a suite of Debian, in .cache/nginx-SUITE
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {realpath} from 'node:fs/promises'
import {delimiter, dirname, isAbsolute, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import {unpackProgram} from './debian-packages.mjs'

const execute = promisify(execFile)

/** Suites of Debian whose NGINX the tests use too, each with njs: the stable one, and the newest. */
export const OTHER_SUITES = ['trixie', 'sid']

/** nginx-core: some suites have the program in it, and nginx is empty. libnginx-mod-stream-js: njs. */
const NGINX = {
  program: 'usr/sbin/nginx',
  packages: ['nginx', 'libnginx-mod-stream'],
  optional: ['nginx-core', 'libnginx-mod-stream-js'],
}
/** How long the NGINX of this machine may take to be fetched, milliseconds. */
const FETCH_TIME = 300_000
const MODULE = 'ngx_stream_module.so'
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/nginx/sbin']
const HINT =
  'install it: apt-get install nginx libnginx-mod-stream (Debian, Ubuntu), apk add nginx nginx-mod-stream (Alpine), ' +
  'dnf install nginx nginx-mod-stream (RHEL, Fedora); or name one with LBEX_NGINX_BIN'

/**
 * `{binary, modulePath?}`: absolute paths; without a module where stream is built in. Rejects with an Error that has a
 * `hint` where there is none and none can be fetched.
 */
export async function getNginx() {
  const named = process.env.LBEX_NGINX_BIN
  if (named)
    return (await usable(named)) ?? fail(`LBEX_NGINX_BIN=${named} is no NGINX with the stream module`)
  return (await installed()) ?? (await cached()) ?? (await fetched())
}

async function installed() {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(isAbsolute), ...USUAL_FOLDERS]
  for (const folder of new Set(folders)) {
    const found = await usable(join(folder, 'nginx'))
    if (found) return found
  }
}

async function cached(suite) {
  return usable(join(folderOf(suite), 'root', NGINX.program))
}

/** What getNginx returns, for this binary; undefined when it does not run or has no stream module. */
async function usable(binary) {
  if (!existsSync(binary)) return
  const answer = await execute(binary, ['-V']).catch(() => undefined)
  if (answer === undefined) return
  if (/\s--with-stream(?=\s|$)/.test(answer.stderr)) return {binary}
  if (!/\s--with-stream=dynamic(?=\s|$)/.test(answer.stderr)) return
  const folders = await moduleFolders(binary, answer.stderr)
  const modulePath = folders.map((folder) => join(folder, MODULE)).find((path) => existsSync(path))
  return modulePath ? {binary, modulePath} : undefined
}

/** Beside nginx first: a copy that was unpacked somewhere comes with its own modules. */
async function moduleFolders(binary, answer) {
  const configured = /\s--modules-path=(\S+)/.exec(answer)?.[1] ?? '/usr/lib/nginx/modules'
  const program = await realpath(binary)
  const root = program.endsWith('/usr/sbin/nginx') ? program.slice(0, -'/usr/sbin/nginx'.length) : ''
  return [root + configured, join(dirname(program), '../lib/nginx/modules'), configured]
}

/** From the packages of Debian or Ubuntu, without installing them, and without root. */
async function fetched() {
  console.error('fetching NGINX into .cache/nginx (nothing is installed)')
  try {
    await unpackProgram({...NGINX, folder: folderOf(), limit: FETCH_TIME})
  } catch (error) {
    fail(`there is no NGINX with the stream module, and none can be fetched: ${error.message}`)
  }
  return (await cached()) ?? fail('the NGINX that was fetched does not run here')
}

/**
 * The NGINX of another suite of Debian beside the one of this machine: `{binary, modulePath?}`, or `{reason}` if there is none.
 * Fetches it only if `limit` says how many milliseconds that may take.
 */
export async function nginxOf(suite, {limit} = {}) {
  const before = await cached(suite)
  if (before) return before
  if (limit === undefined) return {reason: `NGINX of Debian ${suite} is missing: npm run setup fetches it`}
  try {
    await unpackProgram({...NGINX, folder: folderOf(suite), suite, limit})
  } catch (error) {
    return {reason: `NGINX of Debian ${suite} cannot be fetched: ${error.message}`}
  }
  return (await cached(suite)) ?? {reason: `the NGINX of Debian ${suite} does not run here`}
}

function folderOf(suite) {
  return fileURLToPath(new URL(`../.cache/nginx${suite ? `-${suite}` : ''}/`, import.meta.url))
}

async function asked(suite) {
  if (suite === undefined) return getNginx()
  const found = await nginxOf(suite, {limit: FETCH_TIME})
  if (found.reason) throw new Error(found.reason)
  return found
}

function fail(message) {
  throw Object.assign(new Error(message), {hint: HINT})
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log((await asked(process.argv[2])).binary)
  } catch (error) {
    console.error([error.message, error.hint].filter(Boolean).join('\n'))
    process.exitCode = 3
  }
}
