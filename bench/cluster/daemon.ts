/** The built `lbex run` as a process, with its log and measurements from inside. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {getNginx} from '../../scripts/get-nginx.mjs'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const preload = new URL('measure-inside.mjs', import.meta.url).href

export type DaemonOptions = {
  /** URL of the API server. Absent if the flags name manifests. */
  readonly url?: string
  readonly directory: string
  readonly healthPort: number
  /** Default: the NGINX of this machine. */
  readonly nginx?: {readonly binary: string; readonly modulePath?: string}
  /** More flags. */
  readonly flags?: readonly string[]
}

/** `cpu`: milliseconds since the start. `longest`: longest block of the event loop, in milliseconds of CPU. `rss`: bytes. */
export type Measurement = {readonly cpu: number; readonly longest: number; readonly rss: number}

type LogLine = {
  readonly level: string
  readonly msg: string
  readonly code?: string
  readonly reloads?: number
  readonly pid?: number
  readonly problem?: string
  readonly error?: string
}

export class Daemon {
  /** Reloads since the start, according to the log. */
  reloads = 0
  /** Process id of the NGINX master. */
  master = 0
  /** When the last configuration was confirmed. */
  confirmedAt = 0

  private constructor(private readonly child: ChildProcess) {
    createInterface({input: child.stderr!}).on('line', (line) => this.handleLine(JSON.parse(line) as LogLine))
  }

  static async start({url, directory, healthPort, nginx, flags = []}: DaemonOptions): Promise<Daemon> {
    const {binary, modulePath} = nginx ?? (await getNginx())
    const child = spawn(
      process.execPath,
      [
        `--import=${preload}`,
        ...[program, 'run', ...(url === undefined ? [] : ['--proxy', url])],
        ...['--nginx-dir', directory, '--nginx-bin', binary],
        ...(modulePath === undefined ? [] : ['--nginx-module', modulePath]),
        ...['--listen-address', '127.0.0.1', '--health-address', '127.0.0.1', '--allow-local-endpoints'],
        ...['--health-port', String(healthPort), '--workers', '2', '--log-format', 'json'],
        ...['--on-stop', 'leave'],
        ...flags,
      ],
      {stdio: ['ignore', 'inherit', 'pipe', 'ipc']},
    )
    return new Daemon(child)
  }

  /** `watch`: whether to monitor the event loop from now on, which has a cost itself. */
  async measure({watch}: {readonly watch: boolean}): Promise<Measurement> {
    const answer = once(this.child, 'message')
    this.child.send({watch})
    const [measurement] = (await answer) as [Measurement]
    return measurement
  }

  /** Leaves NGINX running. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    await ended
  }

  private handleLine({level, msg, code, reloads = 0, pid, problem = '', error = ''}: LogLine): void {
    if (msg === 'NGINX started') this.master = pid ?? 0
    if (msg === 'configuration applied') {
      this.reloads += reloads
      this.confirmedAt = performance.now()
    }
    // A benchmark takes endpoints away, and lets servers fail.
    if (code === 'no-backend' || code === 'server-unhealthy') return
    if (level === 'error' || level === 'warn') console.error(`lbex: ${msg} ${problem}${error}`)
  }
}
