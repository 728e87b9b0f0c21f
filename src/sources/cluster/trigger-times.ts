/**
 * When the pending changes were triggered, as the controllers of the cluster record it: the start of the
 * network-programming latency
 * (https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md).
 */
import type {KubeObject} from '../../kube/answers.js'
import type {Trigger} from '../snapshot-source.js'
import type {ApiMetadata} from './api-types.js'
import {SERVICE_NAME} from './project-endpoint-slice.js'

const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

export class TriggerTimes {
  private pending = new Map<string, Trigger>()

  /** `since`: changes that were triggered earlier are ignored. Milliseconds since the epoch. */
  constructor(private readonly since: number) {}

  /** If an object changes again before it is applied, the first time counts. */
  note({metadata}: KubeObject): void {
    const {annotations, labels, namespace = 'default', name} = metadata as ApiMetadata
    const at = Date.parse(annotations?.[TRIGGER_TIME] ?? '')
    const key = `${namespace}/${name}`
    if (Number.isNaN(at) || at < this.since || this.pending.has(key)) return
    this.pending.set(key, {service: {kind: 'Service', namespace, name: labels?.[SERVICE_NAME] ?? name}, at})
  }

  /** One for each object. Each is returned once. */
  take(): readonly Trigger[] {
    const triggers = [...this.pending.values()]
    this.pending.clear()
    return triggers
  }
}
