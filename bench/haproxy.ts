/** HAProxy with a configuration of a benchmark, and its runtime API. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {getHaproxy} from '../scripts/get-haproxy.mjs'
import {whenAbandoned} from '../test/support/abandoned.js'
import {waitFor} from '../test/support/wait.js'

export class HaproxyProcess {
  private readonly closed: () => void

  private constructor(
    private readonly binary: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    this.closed = whenAbandoned(() => this.child.kill('SIGTERM'))
  }

  /**
   * `folder`: for its files. `sections`: its configuration without `global`. `mode`: one process, or a master that starts a new
   * worker at each reload. Resolves when it answers. Rejects if there is no HAProxy: npm run setup fetches it.
   */
  static async start(
    folder: string,
    sections: string,
    mode: 'single' | 'master' = 'single',
  ): Promise<HaproxyProcess> {
    const found = await getHaproxy()
    if ('reason' in found) throw new Error(found.reason)
    await writeConfiguration(folder, sections)
    const parameters = [mode === 'single' ? '-db' : '-W', '-f', configurationIn(folder)]
    const child = spawn(found.binary, parameters, {stdio: 'ignore'})
    const haproxy = new HaproxyProcess(found.binary, child, folder)
    const answers = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`HAProxy rejects ${configurationIn(folder)}`)
      return (await haproxy.ask('show info').catch(() => '')) !== ''
    }
    await waitFor(answers, {what: 'HAProxy', deadline: 60_000})
    return haproxy
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** The answer of the runtime API: https://docs.haproxy.org/2.6/management.html#9.3 */
  async ask(command: string): Promise<string> {
    const connection = createConnection(socketIn(this.folder))
    let answer = ''
    connection.setEncoding('utf8').on('data', (text: string) => (answer += text))
    connection.end(`${command}\n`)
    await once(connection, 'close')
    return answer
  }

  /** Of the mode `master`: tests another configuration, and reloads with it, as the unit of Debian's package does. */
  async reload(sections: string): Promise<void> {
    await writeConfiguration(this.folder, sections)
    const test = spawn(this.binary, ['-c', '-q', '-f', configurationIn(this.folder)], {stdio: 'ignore'})
    const [code] = (await once(test, 'exit')) as [number]
    if (code !== 0) throw new Error(`HAProxy rejects its configuration: exit code ${code}`)
    this.child.kill('SIGUSR2')
  }

  /** A master ends its workers, those of earlier configurations included. */
  async stop(): Promise<void> {
    this.closed()
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    await ended
  }
}

function configurationIn(folder: string): string {
  return join(folder, 'haproxy.cfg')
}

function socketIn(folder: string): string {
  return join(folder, 'haproxy.sock')
}

async function writeConfiguration(folder: string, sections: string): Promise<void> {
  await writeFile(configurationIn(folder), head(socketIn(folder)) + sections)
}

/** As many threads as the NGINX of a benchmark has workers. With `listeners`, a new process gets the sockets of the old one. */
function head(socket: string): string {
  return `global
    nbthread 2
    stats socket ${socket} mode 600 level admin expose-fd listeners
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
`
}
