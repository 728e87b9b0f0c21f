/**
 * When the changes that wait to be applied were set off, as the controllers of the cluster say: the start of the clock for
 * the network-programming latency
 * (https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md).
 */
import type {KubeObject} from '../../kube/answers.js'
import type {Trigger} from '../snapshot-source.js'
import type {ApiMetadata} from './api-types.js'
import {SERVICE_NAME} from './project-endpoint-slice.js'

const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

export class TriggerTimes {
  private waiting = new Map<string, Trigger>()

  /** `since`: what was set off earlier was not waited for. Milliseconds since the epoch. */
  constructor(private readonly since: number) {}

  /** Of an object that changes again before it is applied the first time counts. */
  note({metadata}: KubeObject): void {
    const {annotations, labels, namespace = 'default', name} = metadata as ApiMetadata
    const at = Date.parse(annotations?.[TRIGGER_TIME] ?? '')
    const key = `${namespace}/${name}`
    if (Number.isNaN(at) || at < this.since || this.waiting.has(key)) return
    this.waiting.set(key, {service: {kind: 'Service', namespace, name: labels?.[SERVICE_NAME] ?? name}, at})
  }

  /** One for each object; none of them is given again. */
  take(): readonly Trigger[] {
    const triggers = [...this.waiting.values()]
    this.waiting.clear()
    return triggers
  }
}
