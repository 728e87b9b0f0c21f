/** lbex as an operator runs it: the real program on a folder of manifests. */
import {execFile, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createServer, type AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {getNginx, nginxOf} from '../get-nginx.mjs'

const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
/** Milliseconds between two lines that say what the demo is waiting for. */
const PROGRESS = 2000
/** Milliseconds that lbex gets to end by itself after Ctrl-C. */
const INTERRUPT_TIME = 10_000
const execute = promisify(execFile)

export type RunningLbex = {
  readonly commandLine: string
  readonly health: string
  /** What `lbex COMMAND` prints about it. */
  ask(...command: string[]): Promise<string>
  /** The value of one of its metrics, over all labels. */
  metric(name: string): Promise<number>
  /** What it wrote to standard error so far. */
  readonly log: () => string
  /** SIGTERM, unless Ctrl-C has reached it already, and wait for the drain; resolves with the exit code. */
  stop(interrupted?: boolean): Promise<number | null>
}

/** Starts `lbex run` with `more` flags, and resolves when it is ready; rejects with its own words when it ends before that. */
export async function startLbex(
  manifests: string,
  nginxDirectory: string,
  more: readonly string[],
): Promise<RunningLbex> {
  const healthPort = await freePort()
  const {binary, modulePath} = await newestNginx()
  const flags = [
    '-f',
    manifests,
    '--listen-address',
    '127.0.0.1',
    '--health-address',
    '127.0.0.1',
    '--health-port',
    `${healthPort}`,
    '--allow-local-endpoints',
    '--consolidate-after',
    '1s',
    '--shutdown-timeout',
    '2s',
    ...more,
  ]
  const nginx = [
    '--nginx-dir',
    nginxDirectory,
    '--nginx-bin',
    binary,
    ...(modulePath ? ['--nginx-module', modulePath] : []),
  ]
  const child = spawn(process.execPath, [PROGRAM, 'run', ...flags, ...nginx, '--log-format', 'text'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const running: RunningLbex = {
    commandLine: `lbex run ${flags.join(' ')}`,
    health: `http://127.0.0.1:${healthPort}`,
    ask: async (...command) =>
      (await execute(process.execPath, [PROGRAM, ...command, '--nginx-dir', nginxDirectory])).stdout,
    metric: (name) => sumOf(`http://127.0.0.1:${healthPort}/metrics`, name),
    log: () => log,
    stop: (interrupted = false) => stop(child, interrupted),
  }
  await waitUntil('lbex to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`lbex ended:\n${log}`)
    return (await status(`${running.health}/readyz`)) === 200
  })
  return running
}

/** The newest one that setup fetched: with njs, lbex changes servers without a reload. Else the one of this machine. */
async function newestNginx(): Promise<{binary: string; modulePath?: string}> {
  const newest = process.env['LBEX_NGINX_BIN'] === undefined ? await nginxOf('sid') : undefined
  return newest !== undefined && 'binary' in newest ? newest : getNginx()
}

async function sumOf(url: string, name: string): Promise<number> {
  const lines = await fetch(url).then((response) => response.text())
  const values = [...lines.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))]
  return values.reduce((sum, [, value]) => sum + Number(value), 0)
}

async function stop(child: ChildProcess, interrupted: boolean): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  // A terminal sends Ctrl-C to lbex too, and after a second signal lbex would leave NGINX running.
  const terminate = setTimeout(() => child.kill('SIGTERM'), interrupted ? INTERRUPT_TIME : 0)
  const [code] = (await ended) as [number | null]
  clearTimeout(terminate)
  return code
}

async function status(url: string): Promise<number> {
  return fetch(url).then(
    (response) => response.status,
    () => 0,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  return port
}

/** Asks until `condition` holds, and says so if that takes longer than two seconds; rejects after `seconds`. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const start = performance.now()
  const deadline = start + seconds * 1000
  let shown = 0
  while (!(await condition())) {
    const waited = Math.floor((performance.now() - start) / PROGRESS)
    if (waited > shown) console.error(`   ... waiting for ${what}`)
    shown = waited
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
