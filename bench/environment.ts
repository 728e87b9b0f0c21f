/** What results were measured on: without it, figures of two machines cannot be compared. */
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {cpus, loadavg, release, totalmem, type} from 'node:os'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import type {DiscoveredNginx} from '../src/dataplane/nginx/host/discover-nginx.js'
import {NGINX_SUITES, nginxOf, testNginx} from '../test/support/nginx-binary.js'

export type Environment = {
  readonly cpu: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  /** Processes that ran or waited for a CPU, on average over the last minute: at the start, and at the end. */
  readonly load: readonly number[]
  readonly kernel: string
  /** The commit that changed the program last; `+` says that its files differed from it. */
  readonly lbex: string
  /** Each NGINX that the tests use, with its njs. */
  readonly nginx: readonly string[]
  readonly node: string
}

/** `found`: by default each NGINX that the tests use; rejects with the Error of getNginx then, if there is none. */
export async function environment(found?: readonly DiscoveredNginx[]): Promise<Environment> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    load: [currentLoad()],
    kernel: `${type()} ${release()}`,
    lbex: commit(),
    nginx: [...new Set((found ?? (await nginxOfTests())).map(describe))],
    node: process.version,
  }
}

const PROGRAM = ['src', 'templates', 'package-lock.json']

/** The same with the load of the machine now. */
export function atTheEnd(start: Environment): Environment {
  return {...start, load: [...start.load, currentLoad()]}
}

function currentLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10
}

/** `unknown` outside of a repository. */
function commit(): string {
  try {
    const last = git('log', '-1', '--abbrev=10', '--format=%h', '--', ...PROGRAM)
    return git('status', '--porcelain', '--', ...PROGRAM) === '' ? last : `${last}+`
  } catch {
    return 'unknown'
  }
}

function git(...parameters: readonly string[]): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return execFileSync('git', parameters, {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim()
}

async function nginxOfTests(): Promise<readonly DiscoveredNginx[]> {
  const found = [await testNginx()]
  for (const suite of NGINX_SUITES) {
    const other = await nginxOf(suite)
    if (!('reason' in other)) found.push(other)
  }
  return found
}

function describe({binary, capabilities: {version, njs}}: DiscoveredNginx): string {
  if (!njs) return version.join('.')
  return `${version.join('.')} with njs ${njsVersion(binary) ?? `(engine ${njs.engine})`}`
}

/** No program prints it, but packages of Debian come with their list of changes; undefined for an NGINX of another kind. */
function njsVersion(binary: string): string | undefined {
  const changes = binary.replace('/sbin/nginx', '/share/doc/libnginx-mod-stream-js/changelog.Debian.gz')
  if (changes === binary || !existsSync(changes)) return undefined
  return /\(([\d.]+)/.exec(gunzipSync(readFileSync(changes)).toString('latin1'))?.[1]
}
