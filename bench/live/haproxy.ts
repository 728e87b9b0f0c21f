/** HAProxy with the Services of a cluster, whose servers are changed by its runtime API. */
import {endpointAddress, listenPort, type Size} from '../cluster/objects.js'
import {HaproxyProcess} from '../haproxy.js'

/** `set`: other addresses for the servers that are there (`set server`); `add`: other servers (`add server`, `del server`). */
export type Way = 'set' | 'add'

export class Haproxy {
  private constructor(
    private readonly haproxy: HaproxyProcess,
    private readonly size: Size,
    private readonly backend: number,
  ) {}

  /** `backend`: port of the servers. `host`: the address that it listens on. Resolves when it listens. */
  static async start(
    folder: string,
    size: Size,
    {backend, host = '127.0.0.1'}: {readonly backend: number; readonly host?: string},
  ): Promise<Haproxy> {
    const haproxy = await HaproxyProcess.start(folder, configuration(size, backend, host))
    return new Haproxy(haproxy, size, backend)
  }

  /** Replaces all servers of the Service at `index` by those of a round. `previous`: the round that it has. */
  async change(
    way: Way,
    index: number,
    {round, previous}: Readonly<Record<'round' | 'previous', number>>,
  ): Promise<void> {
    const answer = await this.haproxy.ask(this.commands(way, index, round, previous).join('; '))
    if (/unknown|error|fail|no such|can't|require/i.test(answer)) throw new Error(`HAProxy: ${answer.trim()}`)
  }

  stop(): Promise<void> {
    return this.haproxy.stop()
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
}

function configuration(size: Size, backend: number, host: string): string {
  return Array.from({length: size.services}, (_, index) => {
    const servers = Array.from(
      {length: size.endpoints},
      (_server, number) => `    server r0n${number} ${endpointAddress(index, size, 0, number)}:${backend}\n`,
    )
    const frontend = `frontend f${index}\n    bind ${host}:${listenPort(index)}\n    default_backend b${index}\n`
    return `${frontend}backend b${index}\n    balance roundrobin\n${servers.join('')}`
  }).join('')
}
