/** What the benchmark asks of the process with the API server and the backend. */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Size} from './objects.js'

export type Deeds = {
  /** Makes the whole cluster; returns where its API server and its backend are. */
  fill(size: Size): {url: string; backend: number}
  /** Gives the Service at `index` other endpoints, all of them. */
  rollOut(change: {index: number; round: number}): void
  setNode(change: {number: number; ready: boolean}): void
  /** So many changes of endpoints, evenly within so many milliseconds, the first to what they are in that round. */
  churn(storm: {round: number; events: number; within: number}): Promise<void>
}

export type Request = {readonly id: number; readonly deed: keyof Deeds; readonly given: unknown}
export type Reply = {readonly id: number; readonly result: unknown}

export class World {
  private next = 0
  private readonly waiting = new Map<number, (result: unknown) => void>()

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({id, result}: Reply) => {
      this.waiting.get(id)?.(result)
      this.waiting.delete(id)
    })
  }

  static start(): World {
    return new World(fork(fileURLToPath(new URL('world-process.ts', import.meta.url))))
  }

  ask<D extends keyof Deeds>(
    deed: D,
    given: Parameters<Deeds[D]>[0],
  ): Promise<Awaited<ReturnType<Deeds[D]>>> {
    return new Promise((resolve) => {
      const id = this.next++
      this.waiting.set(id, resolve as (result: unknown) => void)
      this.child.send({id, deed, given} satisfies Request)
    })
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill()
    await ended
  }
}
