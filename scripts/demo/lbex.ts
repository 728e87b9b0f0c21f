/** lbex as an operator runs it: the real program on a folder of manifests. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createServer, type AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {getNginx} from '../get-nginx.mjs'

export type RunningLbex = {
  readonly commandLine: string
  readonly health: string
  /** What it wrote to standard error so far. */
  readonly log: () => string
  /** SIGTERM, and wait for the drain; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Starts `lbex run` and resolves when it is ready; rejects with its own words when it ends before that. */
export async function startLbex(manifests: string, nginxDirectory: string): Promise<RunningLbex> {
  const healthPort = await freePort()
  const {binary, modulePath} = await getNginx()
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
    '--shutdown-timeout',
    '2s',
  ]
  const nginx = [
    '--nginx-dir',
    nginxDirectory,
    '--nginx-bin',
    binary,
    ...(modulePath ? ['--nginx-module', modulePath] : []),
  ]
  const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
  const child = spawn(process.execPath, [program, 'run', ...flags, ...nginx, '--log-format', 'text'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const running: RunningLbex = {
    commandLine: `lbex run ${flags.join(' ')}`,
    health: `http://127.0.0.1:${healthPort}`,
    log: () => log,
    stop: () => stop(child),
  }
  await waitUntil('lbex to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`lbex ended:\n${log}`)
    return (await status(`${running.health}/readyz`)) === 200
  })
  return running
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = (await ended) as [number | null]
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

/** Asks until `condition` holds; rejects after `seconds`. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 15,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
