/** keepalived and BIRD on the hosts of a Network. */
import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import type * as Declared from '../../../scripts/get-ha.mjs'
import {Network} from '../../e2e/network.js'
import {whenAbandoned} from '../../support/abandoned.js'
import {whyNoProgram} from '../../support/skip.js'

export type HaPrograms = Declared.HaPrograms

/** The programs, or the reason for which tests that need them are skipped. Fetches nothing: `npm run setup` does. */
export async function haPrograms(): Promise<HaPrograms | {readonly reason: string}> {
  const script = new URL('../../../scripts/get-ha.mjs', import.meta.url).href
  const {getHa} = (await import(script)) as typeof Declared
  const reason = Network.whyNot() ?? whyNoProgram('sysctl', 'procps') ?? whyNoCurl()
  return reason === undefined ? getHa() : {reason}
}

/** The configurations name curl by this path. */
function whyNoCurl(): string | undefined {
  return existsSync('/usr/bin/curl') ? undefined : '/usr/bin/curl is missing: apt-get install curl'
}

/** A program with its children, as one process group. */
export class Program {
  output = ''
  private readonly child: ChildProcess
  private readonly closed: () => void

  constructor([command = '', ...parameters]: readonly string[], path?: string) {
    const env = path === undefined ? process.env : {...process.env, PATH: `${path}:${process.env['PATH']}`}
    this.child = spawn(command, parameters, {detached: true, env, stdio: ['ignore', 'pipe', 'pipe']})
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data: Buffer) => (this.output += data.toString()))
    this.closed = whenAbandoned(() => this.signal('SIGKILL'))
  }

  /** Resolves when the program has ended. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const isRunning = this.child.exitCode === null && this.child.signalCode === null
    const exit = isRunning ? once(this.child, 'exit') : undefined
    this.signal(signal)
    await exit
    this.closed()
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid as number), signal)
    } catch {
      // It has ended.
    }
  }
}

/** Runs a program in a namespace to its end; returns its output. Throws if it fails. */
export function runIn(into: readonly string[], ...parameters: readonly string[]): string {
  const [command = '', ...rest] = [...into, ...parameters]
  return execFileSync(command, rest, {encoding: 'utf8', stdio: 'pipe'})
}
