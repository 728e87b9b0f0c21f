/** Heavy traffic from a process of its own, so that neither its load nor ours slows the other's event loop. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Order, Report, TrafficOptions, TrafficResult} from './nginx-traffic-process.js'

export class RemoteTraffic {
  /** With a TCP backend that runs. */
  static async open(): Promise<RemoteTraffic> {
    const script = fileURLToPath(new URL('nginx-traffic-process.ts', import.meta.url))
    const child = fork(script, {execArgv: ['--import', 'tsx']})
    const {port} = await order<{port: number}>(child, {backend: true})
    return new RemoteTraffic(child, port)
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly backendPort: number,
  ) {}

  /** Resolves when the sessions are open and the pump works. */
  async start(options: TrafficOptions): Promise<void> {
    await order(this.child, {start: options})
  }

  stop(): Promise<TrafficResult> {
    return order(this.child, {stop: true})
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return
    const exit = once(this.child, 'exit')
    this.child.disconnect()
    await exit
  }
}

async function order<T extends Report>(child: ChildProcess, message: Order): Promise<T> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('the process of the traffic ended')
  })
  child.send(message)
  const [report] = (await Promise.race([once(child, 'message'), gone])) as [T]
  gone.catch(() => {})
  return report
}
