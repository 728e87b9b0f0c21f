/** Remembers the last changes of NGINX for the state API. */
import type {ChangeState} from '../core/state/lbex-state.js'

/** Changes that are kept: the older ones are in the log. */
const MOST = 100

/** Like the events of the data plane; the type is written out, because this layer does not know the data plane. */
export type ChangeEvent = {
  readonly type: 'start' | 'reload' | 'live-update' | 'unexpected-exit' | 'test'
  readonly result?: string
  readonly reason?: string
  readonly upstreams?: number
  /** Milliseconds. */
  readonly duration?: number
}

const KINDS = {start: 'start', reload: 'reload', 'live-update': 'live', 'unexpected-exit': 'exit'} as const

export class ChangeHistory {
  private readonly newestFirst: ChangeState[] = []
  private unnamed = 0

  /** `now`: milliseconds since the epoch. Configtests change nothing and are not kept. */
  note(event: ChangeEvent, now: number): void {
    if (event.type === 'test') return
    const {type, duration, result, reason, upstreams} = event
    this.newestFirst.unshift({
      at: new Date(now).toISOString(),
      kind: KINDS[type],
      ...(result !== undefined && {result}),
      ...(reason !== undefined && {reason}),
      ...(upstreams !== undefined && {upstreams}),
      ...(duration !== undefined && {seconds: Math.round(duration) / 1000}),
    })
    this.unnamed += 1
    this.newestFirst.splice(MOST)
  }

  /** NGINX serves this generation now: that is the result of the last of the changes since the last call. */
  serves(generation: string): void {
    const index = this.newestFirst.slice(0, this.unnamed).findIndex(({result}) => result === 'confirmed')
    const change = this.newestFirst[index]
    if (change) this.newestFirst[index] = {...change, generation}
    this.unnamed = 0
  }

  /** The newest first. */
  get changes(): readonly ChangeState[] {
    return this.newestFirst
  }
}
