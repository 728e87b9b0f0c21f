/** The hub of a Network, as the test sees it: starts hub-process.ts in its namespace, and sends it orders. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {connect, createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import type {HubAnswer, HubOrder, Seen} from './hub-process.js'
import {HUB, type Network} from './network.js'

export class Hub {
  /** `api`: URL of the API server on loopback of the test. */
  static async open(network: Network, api: string): Promise<Hub> {
    const folder = await temporaryFolder()
    const apiSocket = join(folder.path, 'api')
    const bridge = createServer((client) => {
      const {hostname, port} = new URL(api)
      const server = connect(Number(port), hostname)
      client.pipe(server).pipe(client)
      client.on('error', () => server.destroy()).on('close', () => server.destroy())
      server.on('error', () => client.destroy()).on('close', () => client.destroy())
    }).listen(apiSocket)
    await once(bridge, 'listening')
    const [execPath = '', ...into] = network.into()
    const script = fileURLToPath(new URL('hub-process.ts', import.meta.url))
    const child = fork(script, {execPath, execArgv: [...into, process.execPath, '--import', 'tsx']})
    const opened = await order<{apiPort: number; backendPort: number}>(child, {open: {apiSocket}})
    return new Hub(child, bridge, folder, opened)
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly bridge: Server,
    private readonly folder: TemporaryFolder,
    private readonly ports: {readonly apiPort: number; readonly backendPort: number},
  ) {}

  get backendPort(): number {
    return this.ports.backendPort
  }

  /** The flags by which lbex on the hosts reaches the API server. */
  get access(): string[] {
    return ['--proxy', `http://${HUB}:${this.ports.apiPort}`]
  }

  /** Clients of each host connect again and again. */
  async startClients(hosts: readonly string[], port: number): Promise<void> {
    await order(this.child, {start: {hosts, port}})
  }

  /** What the clients of the host have seen since the last call. */
  seen(host: string): Promise<Seen> {
    return order<Seen>(this.child, {seen: {host}})
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
    this.bridge.close()
    await this.folder.remove()
  }
}

async function order<T extends HubAnswer>(child: ChildProcess, message: HubOrder): Promise<T> {
  child.send(message)
  const [answer] = (await once(child, 'message')) as [T]
  return answer
}
