/**
 * When the changes that wait to be applied were set off, as the controllers of the cluster say: the start of the clock for
 * the network-programming latency
 * (https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md).
 */
import type {ApiObject} from '../../kube/answers.js'
import type {Metadata} from './api-types.js'

const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

export class TriggerTimes {
  private waiting = new Map<string, number>()

  /** Of an object that changes again before it is applied the first time counts. */
  note({metadata}: ApiObject): void {
    const time = Date.parse((metadata as Metadata).annotations?.[TRIGGER_TIME] ?? '')
    const name = `${metadata.namespace}/${metadata.name}`
    if (!Number.isNaN(time) && !this.waiting.has(name)) this.waiting.set(name, time)
  }

  /** Milliseconds since the epoch, one for each object; none of them is given again. */
  take(): readonly number[] {
    const times = [...this.waiting.values()]
    this.waiting.clear()
    return times
  }
}
