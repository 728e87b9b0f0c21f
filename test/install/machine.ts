/** A Debian that runs: its own systemd and processes, the network of this host, and nothing is kept of what it writes. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {childrenOf} from '../../src/dataplane/nginx/process/processes.js'
import {waitFor} from '../support/wait.js'
import {execute} from './debian-roots.js'

export class Machine {
  /** `shared` is a folder of the host, which the machine reads at /shared. */
  static async boot(folder: string, shared: string): Promise<Machine> {
    const options = ['--quiet', '--register=no', '--keep-unit', '--volatile=overlay', '--link-journal=no']
    const name = `lbex-test-${process.pid}`
    const nspawn = spawn(
      'systemd-nspawn',
      [...options, `--machine=${name}`, `--bind-ro=${shared}:/shared`, '-D', folder, '--boot'],
      {stdio: 'ignore'},
    )
    try {
      const init = await waitFor(() => firstProcessOf(nspawn), {what: 'the machine to start'})
      const machine = new Machine(nspawn, init)
      await waitFor(() => machine.isUp(), {what: 'the machine to be up', deadline: 60_000})
      return machine
    } catch (error) {
      nspawn.kill('SIGKILL')
      throw error
    }
  }

  private constructor(
    private readonly nspawn: ChildProcess,
    private readonly init: number,
  ) {}

  /** Standard output of a program that succeeds; rejects where it does not. */
  async run(...command: readonly string[]): Promise<string> {
    const output = await execute(
      'nsenter',
      '-t',
      `${this.init}`,
      '-m',
      '-p',
      '-i',
      '-u',
      '-C',
      '--',
      ...command,
    )
    return output.trim()
  }

  shell(script: string): Promise<string> {
    return this.run('sh', '-c', script)
  }

  /** All that a program says, whether it succeeds or not. */
  says(...command: readonly string[]): Promise<string> {
    return this.run('sh', '-c', '"$@" 2>&1; true', 'sh', ...command)
  }

  private async isUp(): Promise<boolean> {
    return /running|degraded/.test(await this.says('systemctl', 'is-system-running'))
  }

  async powerOff(): Promise<void> {
    if (this.nspawn.exitCode !== null) return
    const ended = once(this.nspawn, 'exit')
    await this.says('systemctl', 'poweroff', '--force', '--no-wall').catch(() => this.nspawn.kill('SIGKILL'))
    await ended
  }
}

/** systemd-nspawn has helpers beside it for a moment. */
function firstProcessOf({pid = 0}: ChildProcess): number | undefined {
  return childrenOf(pid).find((child) =>
    /^NSpid:\s+\d+\s+1$/m.test(readFileSync(`/proc/${child}/status`, 'utf8')),
  )
}
