/** Clients in processes of their own, so that they use all CPUs. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

export type Burst = {readonly port: number; readonly connections: number}

const CLIENTS = 2

export class Clients {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static start(): Clients {
    const program = fileURLToPath(new URL('client-process.ts', import.meta.url))
    return new Clients(Array.from({length: CLIENTS}, () => fork(program, {execArgv: ['--import', 'tsx']})))
  }

  /** Opens connections to the port on 127.0.0.1. Rejects if one gets no answer. */
  async open({port, connections}: Burst): Promise<void> {
    const share = Math.ceil(connections / CLIENTS)
    const answered = await Promise.all(
      this.children.map(async (child) => {
        const answer = once(child, 'message')
        child.send({port, connections: share} satisfies Burst)
        const [count] = (await answer) as [number]
        return count
      }),
    )
    const failed = CLIENTS * share - answered.reduce((sum, count) => sum + count, 0)
    if (failed > 0) throw new Error(`${failed} connections to port ${port} were not answered`)
  }

  close(): void {
    for (const child of this.children) child.disconnect()
  }
}
