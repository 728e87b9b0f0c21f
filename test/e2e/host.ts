/** The host that lbex runs on, as far as a test needs one: a folder, ports, and the processes of lbex and NGINX. */
import type {ChildProcess} from 'node:child_process'
import {existsSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {layoutOf} from '../../src/dataplane/nginx/store/layout.js'
import {findOurProcesses, type OurProcesses} from '../../src/dataplane/nginx/process/our-processes.js'
import {send} from '../../src/dataplane/nginx/process/processes.js'
import {whenAbandoned} from '../support/abandoned.js'
import {testNginx} from '../support/nginx-binary.js'
import {freePort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {waitFor} from '../support/wait.js'
import {lbex, startLbex, type Ended, type LbexOptions} from '../commands/lbex.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'
import {SmallDisk} from './small-disk.js'

export type LogLine = {readonly level: string; readonly msg: string; readonly [field: string]: unknown}

type Running = {readonly child: ChildProcess; readonly ended: Promise<Ended>}

export type HealthAnswer = {readonly status: number; readonly text: string}

export class Host {
  /** What lbex has written to standard error, in all of its lives. */
  stderr = ''
  private readonly closed: () => void
  private running: Running | undefined
  private disk: SmallDisk | undefined

  /** Default: with the NGINX of this machine. */
  static async open(nginx?: DiscoveredNginx): Promise<Host> {
    const [folder, healthPort] = await Promise.all([temporaryFolder(), freePort()])
    const installed = nginx ?? (await testNginx())
    return new Host(folder, healthPort, installed, await nginxFlags(folder.path, installed))
  }

  private constructor(
    private readonly temporary: TemporaryFolder,
    readonly healthPort: number,
    private readonly installed: DiscoveredNginx,
    /** Flags that name the NGINX of this host: `render --diff live` takes them too. */
    readonly nginxFlags: readonly string[],
  ) {
    this.closed = whenAbandoned(() => this.abandon())
  }

  get folder(): string {
    return this.temporary.path
  }

  get nginxDirectory(): string {
    return join(this.folder, 'nginx')
  }

  get pid(): number {
    return this.child.pid as number
  }

  /** To be called before NGINX's folder is there: gives it a small disk. */
  /** `size`: kilobytes. */
  async useSmallDisk(size = 512): Promise<SmallDisk> {
    return (this.disk = await SmallDisk.mount(this.nginxDirectory, size))
  }

  /** True when lbex was started, and no longer runs. */
  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Starts lbex; flags that are given win over those that it gets anyway. */
  start(parameters: readonly string[], options: LbexOptions = {}): void {
    const {child, ended} = startLbex(['run', ...this.flags(parameters), ...parameters], options)
    child.stderr?.on('data', (text: string) => (this.stderr += text))
    this.running = {child, ended}
  }

  /** Runs lbex to its end. */
  run(parameters: readonly string[]): Promise<Ended> {
    return lbex(['run', ...this.flags(parameters), ...parameters])
  }

  /** `lbex render` with renderFlags. */
  render(parameters: readonly string[]): Promise<Ended> {
    return lbex(['render', ...this.renderFlags, ...parameters])
  }

  /** Flags of `lbex render` that say how this host serves. */
  get renderFlags(): readonly string[] {
    return ['--listen-address', '127.0.0.1', '--health-port', `${this.healthPort}`, ...this.nginxFlags]
  }

  /** Sends a signal to lbex; resolves when it has ended. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    const {child, ended} = this.running as Running
    child.kill(signal)
    return ended
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async health(path: string): Promise<HealthAnswer | undefined> {
    const response = await fetch(`http://127.0.0.1:${this.healthPort}${path}`).catch(() => undefined)
    return response && {status: response.status, text: await response.text()}
  }

  /** Until /readyz says yes. */
  async ready(): Promise<void> {
    await waitFor(
      async () => {
        if (this.hasEnded) throw new Error(`lbex ended:\n${this.stderr}`)
        return (await this.health('/readyz'))?.status === 200
      },
      {what: '/readyz', deadline: 30_000},
    )
  }

  /** The lines of the log, without what is no line of it. */
  log(): LogLine[] {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine)
  }

  /** Lines of the log with this message. */
  logged(message: string): LogLine[] {
    return this.log().filter(({msg}) => msg === message)
  }

  async untilLogged(message: string, count = 1): Promise<LogLine[]> {
    const what = `"${message}" in the log`
    await this.until(what, () => this.logged(message).length >= count)
    return this.logged(message)
  }

  /** If the condition does not come true, the log may tell why. */
  async until(what: string, condition: () => boolean | Promise<boolean>, deadline?: number): Promise<void> {
    await waitFor(condition, {what, ...(deadline !== undefined && {deadline})}).catch((error: Error) => {
      throw new Error(`${error.message}; lbex said:\n${this.stderr}`)
    })
  }

  /** Codes of the diagnostics that are there now, with the object that each is about. */
  diagnostics(): string[] {
    const present = new Set<string>()
    for (const {msg, code, object} of this.log()) {
      if (msg === 'lbex started') present.clear()
      if (msg === 'diagnostic appeared') present.add(`${String(code)} ${String(object)}`)
      if (msg === 'diagnostic cleared') present.delete(`${String(code)} ${String(object)}`)
    }
    return [...present].sort()
  }

  /** How often NGINX was reloaded since lbex was started first. */
  reloads(): number {
    return this.logged('configuration applied').reduce((sum, {reloads}) => sum + Number(reloads), 0)
  }

  nginx(): OurProcesses {
    if (!existsSync(this.nginxDirectory)) return {masters: [], accepting: [], leaving: []}
    return findOurProcesses(layoutOf(this.nginxDirectory), this.installed.binary)
  }

  async close(): Promise<void> {
    if (this.running && !this.hasEnded) await this.end('SIGKILL')
    await endNginx(this.folder, this.installed)
    this.closed()
    this.disk?.close()
    await this.temporary.remove()
  }

  private get child(): ChildProcess {
    if (!this.running) throw new Error('lbex was not started')
    return this.running.child
  }

  private flags(given: readonly string[]): string[] {
    const unlessGiven = (flag: string, value: string): string[] => (given.includes(flag) ? [] : [flag, value])
    return [
      ...unlessGiven('--listen-address', '127.0.0.1'),
      ...unlessGiven('--log-level', 'debug'),
      ...unlessGiven('--publish-namespace', 'default'),
      ...['--health-address', '127.0.0.1', '--health-port', `${this.healthPort}`],
      ...this.nginxFlags,
    ]
  }

  /** Where mocha is interrupted no hook runs any more. */
  private abandon(): void {
    this.running?.child.kill('SIGKILL')
    for (const each of Object.values(this.nginx()).flat()) send(each, 'SIGKILL')
    this.disk?.close()
    rmSync(this.folder, {recursive: true, force: true})
  }
}
