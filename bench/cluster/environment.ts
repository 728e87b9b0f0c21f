/** Controls the process with the API server and the backend of the benchmark. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Size} from './objects.js'

export type Actions = {
  /** Creates the whole cluster; returns the URL of its API server and the port of its backend. */
  fill(size: Size): {url: string; backend: number}
  /**
   * Changes whether the Service at `index` has endpoints. Resolves when its status was written, with milliseconds since the
   * epoch; `writtenAt` is 0 if nothing was written within 5 s.
   */
  setReady(change: {
    index: number
    ready: boolean
    publishing: boolean
  }): Promise<{changedAt: number; writtenAt: number}>
  /** Resolves when every Service has a published address. */
  published(nothing: undefined): Promise<void>
  /** Replaces all endpoints of the Service at `index`. */
  rollOut(change: {index: number; round: number}): void
  setNode(change: {number: number; ready: boolean}): void
  /** `events` changes of endpoints, evenly distributed over `within` milliseconds; `round` is the round of the first. */
  churn(storm: {round: number; events: number; within: number}): Promise<void>
}

export type ActionRequest = {readonly id: number; readonly action: keyof Actions; readonly argument: unknown}
export type Reply = {readonly id: number; readonly result: unknown}

export class Environment {
  private next = 0
  private readonly waiting = new Map<number, (result: unknown) => void>()

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({id, result}: Reply) => {
      this.waiting.get(id)?.(result)
      this.waiting.delete(id)
    })
  }

  static start(): Environment {
    return new Environment(fork(fileURLToPath(new URL('environment-process.ts', import.meta.url))))
  }

  run<A extends keyof Actions>(
    action: A,
    argument: Parameters<Actions[A]>[0],
  ): Promise<Awaited<ReturnType<Actions[A]>>> {
    return new Promise((resolve) => {
      const id = this.next++
      this.waiting.set(id, resolve as (result: unknown) => void)
      this.child.send({id, action, argument} satisfies ActionRequest)
    })
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill()
    await ended
  }
}
