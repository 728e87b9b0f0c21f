/** The client of a virtual address, as a test sees it: starts client-process.ts on the hub of a Network. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Network} from '../../e2e/network.js'
import type {ClientAnswer, ClientOrder, Seen} from './client-process.js'

export class Client {
  static async open(network: Network): Promise<Client> {
    const [execPath = '', ...into] = network.into()
    const script = fileURLToPath(new URL('client-process.ts', import.meta.url))
    const child = fork(script, {execPath, execArgv: [...into, process.execPath, '--import', 'tsx']})
    const {backendPort} = await order<{backendPort: number}>(child, {open: true})
    return new Client(child, backendPort)
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly backendPort: number,
  ) {}

  /** Connects to the address from now on. */
  async start(address: string, port: number): Promise<void> {
    await order(this.child, {start: {address, port}})
  }

  /** Resolves when a new connection has been answered; rejects if none is. */
  async settle(): Promise<void> {
    const {settled} = await order<{settled: boolean}>(this.child, {settle: true})
    if (!settled) throw new Error('no connection is answered')
  }

  /** What the client has seen since the last call. */
  seen(): Promise<Seen> {
    return order<Seen>(this.child, {seen: true})
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }
}

async function order<T extends ClientAnswer>(child: ChildProcess, message: ClientOrder): Promise<T> {
  child.send(message)
  const [answer] = (await once(child, 'message')) as [T]
  return answer
}
