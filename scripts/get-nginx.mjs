// Finds an NGINX with the stream module for tests and the demo: the one that is installed, else a copy that is fetched
// once into .cache/nginx. Plain JavaScript without dependencies, because it runs before `npm ci`.
//
//   node scripts/get-nginx.mjs     prints the path of nginx
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, realpath, rename, rm} from 'node:fs/promises'
import {delimiter, dirname, isAbsolute, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {promisify} from 'node:util'

const execute = promisify(execFile)

const cache = fileURLToPath(new URL('../.cache/nginx/', import.meta.url))
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

async function cached() {
  return usable(join(cache, 'root/usr/sbin/nginx'))
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
  if (!(await exists('apt-get')) || !(await exists('dpkg-deb')))
    fail('there is no NGINX with the stream module')
  console.error('fetching NGINX into .cache/nginx (nothing is installed)')
  const work = join(cache, `fetching.${process.pid}`)
  try {
    await fetchInto(work)
    await rm(join(cache, 'root'), {recursive: true, force: true})
    await rename(join(work, 'root'), join(cache, 'root'))
  } catch (error) {
    if (!(await cached())) fail(`NGINX could not be fetched: ${lastLine(error)}`)
  } finally {
    await rm(work, {recursive: true, force: true})
  }
  return (await cached()) ?? fail('the NGINX that was fetched does not run here')
}

/** The lists of packages that are on the host may be missing, or too old for what the mirror has. */
async function fetchInto(work) {
  const apt = await aptOptions(work)
  try {
    await unpackNginx(apt, work)
  } catch {
    const own = [...apt, '-o', `Dir::State::Lists=${join(work, 'lists')}`]
    await execute('apt-get', [...own, 'update'], {timeout: 300_000})
    await unpackNginx(own, work)
  }
}

/** Folders of our own, so that apt neither needs root nor changes the host. */
async function aptOptions(work) {
  for (const folder of ['lists/partial', 'apt/archives/partial', 'packages', 'root']) {
    await mkdir(join(work, folder), {recursive: true})
  }
  const options = [`Dir::Cache=${join(work, 'apt')}`, 'Debug::NoLocking=true']
  // As root apt changes to a user of its own, who may not write here.
  if (process.getuid() === 0) options.push('APT::Sandbox::User=root')
  return options.flatMap((option) => ['-o', option])
}

async function unpackNginx(apt, work) {
  await unpack(apt, ['nginx', 'libnginx-mod-stream'], work)
  if (!existsSync(join(work, 'root/usr/sbin/nginx'))) await unpack(apt, await realPackages(apt), work)
}

async function unpack(apt, names, work) {
  const folder = join(work, 'packages')
  await execute('apt-get', [...apt, 'download', ...names], {cwd: folder, timeout: 300_000})
  for (const name of await readdir(folder)) {
    await execute('dpkg-deb', ['-x', join(folder, name), join(work, 'root')])
    await rm(join(folder, name))
  }
}

/** Where `nginx` is empty and only depends on the real one: the first that it would do with. */
async function realPackages(apt) {
  const {stdout} = await execute('apt-cache', [...apt, 'depends', 'nginx'])
  const names = [...stdout.matchAll(/Depends: (nginx-\S+)/g)].map(([, name]) => name)
  return names.filter((name) => name !== 'nginx-common').slice(0, 1)
}

async function exists(command) {
  return execute(command, ['--version']).then(
    () => true,
    () => false,
  )
}

function lastLine(error) {
  return String(error.stderr ?? error.message)
    .trim()
    .split('\n')
    .at(-1)
}

function fail(message) {
  throw Object.assign(new Error(message), {hint: HINT})
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log((await getNginx()).binary)
  } catch (error) {
    console.error([error.message, error.hint].filter(Boolean).join('\n'))
    process.exitCode = 3
  }
}
