/** Managed instance groups of the fake Compute API: their VMs come, become healthy, and are replaced by a new template. */
import type {Compute, Resource} from './compute.js'
import {notFound, refusal, type ApiAnswer, type ApiRequest} from './http.js'

type Vm = {readonly name: string; readonly template: string; readonly readyAt: number}

export type GroupOptions = {
  /** Milliseconds from a VM's creation until it is healthy; Infinity: never. */
  vmTime: number
  readonly now: () => number
}

const ZONES = ['a', 'b', 'c']

export class Groups {
  readonly errors: unknown[] = []
  private readonly vms = new Map<string, Vm[]>()
  private count = 0

  constructor(
    private readonly compute: Compute,
    private readonly options: GroupOptions,
  ) {
    compute.rules['instanceGroupManagers'] = {
      insert: (group) => this.insert(group),
      patch: (group) => this.roll(group),
      remove: (group) => this.remove(group),
      view: (group) => this.view(group),
    }
  }

  vmsOf(group: Resource): readonly Vm[] {
    return this.vms.get(group.name) ?? []
  }

  /** Requests that are no plain reading or writing of the group; undefined for those. */
  answer({method, path}: ApiRequest): ApiAnswer | undefined {
    const [, at = '', verb] =
      /^(.*\/instanceGroupManagers\/[^/]+)\/(\w+)$/.exec(this.compute.pathOf(path)) ?? []
    if (verb === undefined) return undefined
    const group = this.compute.resources.get(at)
    if (!group) return notFound(at)
    if (verb === 'listErrors') return {status: 200, body: {items: this.errors}}
    if (verb === 'listManagedInstances' && method === 'POST') {
      return {status: 200, body: {managedInstances: this.vmsOf(group).map((vm) => this.managed(group, vm))}}
    }
    return notFound(this.compute.pathOf(path))
  }

  private insert(group: Resource): ApiAnswer | undefined {
    const health = (group['autoHealingPolicies'] as {healthCheck: string}[] | undefined)?.[0]?.healthCheck
    for (const link of [group['instanceTemplate'], ...(health ? [health] : [])]) {
      if (!this.compute.get(link))
        return refusal(400, 'invalid', `Invalid value for field: '${String(link)}'`)
    }
    this.vms.set(group.name, this.boot(group))
    return undefined
  }

  private boot(group: Resource): Vm[] {
    return Array.from({length: Number(group['targetSize'])}, () => {
      this.count += 1
      return {
        name: `${String(group['baseInstanceName'])}-${String(this.count).padStart(4, '0')}`,
        template: templateOf(group),
        readyAt: this.options.now() + this.options.vmTime,
      }
    })
  }

  private roll(group: Resource): void {
    const template = templateOf(group)
    group['instanceTemplate'] = template
    if (this.vmsOf(group).some((vm) => vm.template !== template)) this.vms.set(group.name, this.boot(group))
  }

  private remove(group: Resource): undefined {
    this.vms.delete(group.name)
    this.compute.resources.delete(this.autoscalerPath(group))
    return undefined
  }

  private autoscalerPath(group: Resource): string {
    const scope = this.compute.pathOf(group.selfLink).split('/').slice(0, 4).join('/')
    return `${scope}/autoscalers/${group.name}`
  }

  private view(group: Resource): Resource {
    const stable = this.vmsOf(group).every(({readyAt}) => readyAt <= this.options.now())
    const autoscaler = this.compute.resources.get(this.autoscalerPath(group))
    return {
      ...group,
      versions: group['versions'] ?? [{instanceTemplate: group['instanceTemplate']}],
      distributionPolicy: {
        zones: ZONES.map((zone) => ({
          zone: `${String(group['region'])}-${zone}`.replace('regions', 'zones'),
        })),
      },
      status: {
        isStable: stable,
        versionTarget: {isReached: stable},
        ...(autoscaler && {autoscaler: autoscaler.selfLink}),
      },
    }
  }

  private managed(group: Resource, {name, template, readyAt}: Vm): unknown {
    const ready = readyAt <= this.options.now()
    const zone = `${String(group['region']).replace('regions', 'zones')}-a`
    return {
      instance: `${zone}/instances/${name}`,
      id: name.slice(-4),
      currentAction: ready ? 'NONE' : 'CREATING',
      ...(ready && {instanceStatus: 'RUNNING'}),
      instanceHealth: [{detailedHealthState: ready ? 'HEALTHY' : 'UNKNOWN'}],
      version: {instanceTemplate: template},
    }
  }
}

function templateOf(group: Resource): string {
  const versions = group['versions'] as {instanceTemplate: string}[] | undefined
  return String(versions?.[0]?.instanceTemplate ?? group['instanceTemplate'])
}
