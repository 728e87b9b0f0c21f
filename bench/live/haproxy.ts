/** HAProxy with the Services of a cluster, whose servers are changed by its runtime API. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {getHaproxy} from '../../scripts/get-haproxy.mjs'
import {waitFor} from '../../test/support/wait.js'
import {endpointAddress, listenPort, type Size} from '../cluster/objects.js'

/** `set`: other addresses for the servers that are there (`set server`); `add`: other servers (`add server`, `del server`). */
export type Way = 'set' | 'add'

/** https://docs.haproxy.org/2.6/management.html#9.3 */
export class Haproxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: string,
    private readonly size: Size,
    private readonly backend: number,
  ) {}

  /** `backend`: port of the servers. Resolves when it listens. Undefined if there is no HAProxy: npm run setup fetches it. */
  static async start(folder: string, size: Size, backend: number): Promise<Haproxy | undefined> {
    const found = await getHaproxy()
    if ('reason' in found) return undefined
    const [path, socket] = [join(folder, 'haproxy.cfg'), join(folder, 'haproxy.sock')]
    await writeFile(path, configuration(size, backend, socket))
    const child = spawn(found.binary, ['-db', '-f', path], {stdio: 'ignore'})
    const haproxy = new Haproxy(child, socket, size, backend)
    const answers = async (): Promise<boolean> => (await haproxy.ask('show info').catch(() => '')) !== ''
    await waitFor(answers, {what: 'HAProxy', deadline: 60_000})
    return haproxy
  }

  /** Replaces all servers of the Service at `index` by those of a round. `previous`: the round that it has. */
  async change(
    way: Way,
    index: number,
    {round, previous}: Readonly<Record<'round' | 'previous', number>>,
  ): Promise<void> {
    const answer = await this.ask(this.commands(way, index, round, previous).join('; '))
    if (/unknown|error|fail|no such|can't|require/i.test(answer)) throw new Error(`HAProxy: ${answer.trim()}`)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }

  private commands(way: Way, index: number, round: number, previous: number): string[] {
    const numbers = Array.from({length: this.size.endpoints}, (_, number) => number)
    const addressOf = (number: number): string => endpointAddress(index, this.size, round, number)
    if (way === 'set')
      return numbers.map(
        (number) => `set server b${index}/r0n${number} addr ${addressOf(number)} port ${this.backend}`,
      )
    const added = numbers.flatMap((number) => {
      const name = `b${index}/r${round}n${number}`
      return [`add server ${name} ${addressOf(number)}:${this.backend}`, `enable server ${name}`]
    })
    const removed = numbers.flatMap((number) => {
      const name = `b${index}/r${previous}n${number}`
      return [`disable server ${name}`, `shutdown sessions server ${name}`, `del server ${name}`]
    })
    return [...added, ...removed]
  }

  private async ask(command: string): Promise<string> {
    const connection = createConnection(this.socket)
    let answer = ''
    connection.setEncoding('utf8').on('data', (text: string) => (answer += text))
    connection.end(`${command}\n`)
    await once(connection, 'close')
    return answer
  }
}

function configuration(size: Size, backend: number, socket: string): string {
  const services = Array.from({length: size.services}, (_, index) => {
    const servers = Array.from(
      {length: size.endpoints},
      (_server, number) => `    server r0n${number} ${endpointAddress(index, size, 0, number)}:${backend}`,
    )
    const frontend = `frontend f${index}\n    bind 127.0.0.1:${listenPort(index)}\n    default_backend b${index}`
    return `${frontend}\nbackend b${index}\n    balance roundrobin\n${servers.join('\n')}`
  })
  return `global
    nbthread 2
    stats socket ${socket} mode 600 level admin
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
${services.join('\n')}
`
}
