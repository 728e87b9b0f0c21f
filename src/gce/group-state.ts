/** The state of a group and its hosts, from the output of gcloud. */
import {at, lastName, listAt, textAt} from './fields.js'
import {templateInUse} from './resources/group.js'

export type InstanceState = {
  readonly name: string
  readonly zone: string
  /** `RUNNING`, `STAGING` …; `-` for a host that does not exist yet. */
  readonly status: string
  /** `HEALTHY`, `UNHEALTHY`, `UNKNOWN` …; `-` without a health check. */
  readonly health: string
  /** What the group manager is doing with it: `NONE`, `CREATING`, `RECREATING` … */
  readonly action: string
  readonly template: string
  /** Errors of the last attempt. */
  readonly errors: readonly string[]
}

export type GroupState = {
  readonly group: string
  /** No host is created or deleted, and every host is healthy and uses the template of the group. */
  readonly stable: boolean
  readonly template: string
  readonly targetSize: number
  readonly hosts: readonly InstanceState[]
  /** Absent if the group has no autoscaler. */
  readonly autoscaler?: {
    readonly min: number
    readonly max: number
    readonly cpu: number
    readonly mode: string
  }
}

/** `found`: output of describe; `instances`: output of list-instances. */
export function groupState(found: unknown, instances: unknown): GroupState {
  const template = templateInUse(found)
  const hosts = (Array.isArray(instances) ? instances : []).map(instanceState)
  const targetSize = Number(textAt(found, 'targetSize'))
  const settled = at(found, 'status', 'isStable') === true && hosts.length >= targetSize
  const policy = at(found, 'autoscaler', 'autoscalingPolicy')
  return {
    group: textAt(found, 'name'),
    stable: settled && hosts.every((host) => isHealthyHost(host) && host.template === template),
    template,
    targetSize,
    hosts,
    ...(policy !== undefined && {autoscaler: autoscalerState(policy)}),
  }
}

/** A host that is running and, if there is a health check, healthy. */
export function isHealthyHost({status, health, action}: InstanceState): boolean {
  return status === 'RUNNING' && action === 'NONE' && (health === 'HEALTHY' || health === '-')
}

function instanceState(instance: unknown): InstanceState {
  const link = textAt(instance, 'instance')
  return {
    name: lastName(link),
    zone: /\/zones\/([^/]+)\//.exec(link)?.[1] ?? '-',
    status: textAt(instance, 'instanceStatus') || '-',
    health: textAt(instance, 'instanceHealth', 0, 'detailedHealthState') || '-',
    action: textAt(instance, 'currentAction') || 'NONE',
    template: lastName(textAt(instance, 'version', 'instanceTemplate')),
    errors: listAt(instance, 'lastAttempt', 'errors', 'errors').map((error) => textAt(error, 'message')),
  }
}

function autoscalerState(policy: unknown): NonNullable<GroupState['autoscaler']> {
  return {
    min: Number(textAt(policy, 'minNumReplicas')),
    max: Number(textAt(policy, 'maxNumReplicas')),
    cpu: Number(textAt(policy, 'cpuUtilization', 'utilizationTarget')),
    mode: textAt(policy, 'mode') || 'ON',
  }
}

export type GroupError = {readonly at: string; readonly host: string; readonly message: string}

/** The output of list-errors, newest first. */
export function groupErrors(printed: unknown): GroupError[] {
  return (Array.isArray(printed) ? printed : [])
    .map((item) => ({
      at: textAt(item, 'timestamp'),
      host: lastName(textAt(item, 'instanceActionDetails', 'instance')),
      message: textAt(item, 'error', 'message'),
    }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
}

/** `2 of 3 hosts are healthy`, followed by the state of the others. */
export function progressText({hosts, stable, template}: GroupState): string {
  const well = hosts.filter((host) => isHealthyHost(host) && host.template === template)
  const others = hosts
    .filter((host) => !well.includes(host))
    .map((host) => `${host.name} ${doing(host, template)}`)
  const settling = !stable && others.length === 0 ? ['the group is not stable yet'] : []
  return [`${well.length} of ${hosts.length} hosts are healthy`, ...others, ...settling].join(', ')
}

function doing({status, health, action, template, errors}: InstanceState, current: string): string {
  const words = (action === 'NONE' ? [status, health] : [action]).filter((word) => word !== '-')
  const old = template === current ? [] : ['of the old template']
  const why = errors.slice(0, 1).map((error) => `(${error})`)
  return [...words.map((word) => word.toLowerCase()), ...old, ...why].join(' ')
}
