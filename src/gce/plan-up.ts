/**
 * Compares the desired with the observed resources, and plans the steps between them:
 *
 *   the resource does not exist         -> create it
 *   it is as desired                    -> nothing
 *   it differs                          -> update it; reject the plan if the field is immutable
 *   it was not created by lbex          -> reject the plan
 *   an earlier template                 -> delete it when no host uses it
 */
import {at} from './fields.js'
import {isOurs, type Plan, type PlanStep} from './plan.js'
import type {Observed} from './observed.js'
import {namesOf, type GroupOptions} from './target.js'
import {ids, inRegion, type Args, type Resource, type DesiredResource} from './resource.js'
import {desiredAccount} from './resources/account.js'
import {desiredFirewallRules} from './resources/firewall.js'
import {group, desiredAutoscaler, desiredGroup} from './resources/group.js'
import {desiredHealthCheck} from './resources/health-check.js'
import {desiredNat, desiredRouter} from './resources/nat.js'
import {desiredSubnet} from './resources/subnet.js'
import {templateList, templatesIn, desiredTemplate} from './resources/template.js'

/** All resources of the group, each after those that it needs. */
export function desiredResources(options: GroupOptions): DesiredResource[] {
  return [
    ...(options.serviceAccount === undefined ? desiredAccount(options) : []),
    desiredSubnet(options),
    ...(options.address ? [] : [desiredRouter(options), desiredNat(options)]),
    ...desiredFirewallRules(options),
    desiredHealthCheck(options),
    desiredTemplate(options),
    desiredGroup(options),
    desiredAutoscaler(options),
  ]
}

/** `wait`: whether to wait until the group is stable. Old templates are deleted only after that. */
export function planUp(options: GroupOptions, observed: Observed, wait: boolean): Plan {
  const desired = desiredResources(options)
  const plans = desired.map((resource) => planResource(options, resource, desired, observed))
  const changes = orderSteps(plans.map(({steps}) => steps))
  const refusals = plans.flatMap(({refusals}) => refusals)
  const old = oldTemplates(options, observed)
  const moving = isMoving(options, changes, observed)
  if (moving && !wait) {
    const notes = old.map(({id}) => `${id} is kept until no host uses it: the next lbex gce up deletes it`)
    return {steps: changes, refusals, notes}
  }
  const waits = moving ? [waitStep(options, changes)] : []
  const after = [...changes, ...waits].map(({id}) => id)
  const deletions = old.map((resource) => deleteStep(resource, after))
  return {steps: [...changes, ...waits, ...deletions], refusals, notes: []}
}

type ResourcePlan = {readonly steps: readonly PlanStep[]; readonly refusals: readonly string[]}

function planResource(
  options: GroupOptions,
  resource: DesiredResource,
  all: readonly Resource[],
  observed: Observed,
): ResourcePlan {
  const found = observed.find(resource.read)
  if (found === undefined) return {steps: [step(resource, 'create', 'create', resource.create)], refusals: []}
  if (!isOurs(options, resource, found, all, observed))
    return {steps: [], refusals: [notOurs(options, resource)]}
  const {changes, immutable} = resource.compare(found)
  return {
    steps: changes.map(({title, args}) => step(resource, 'update', title, args)),
    refusals: immutable.map((what) => `${resource.id} cannot be changed: ${what}`),
  }
}

function notOurs({name, region}: GroupOptions, {id}: Resource): string {
  return `${id} exists, but was not created by lbex for ${name} in ${region}: choose another --name, or delete it`
}

function step(resource: Resource, kind: PlanStep['kind'], title: string, args: Args): PlanStep {
  return {id: `${title} ${resource.id}`, args, after: [], kind, resource}
}

/** The steps of one resource run in order, and its first step runs after all steps of the resources that it needs. */
function orderSteps(byResource: readonly (readonly PlanStep[])[]): PlanStep[] {
  const lastOf = new Map(
    byResource.flatMap((steps) => steps.map(({resource, id}) => [resource.id, id] as const)),
  )
  return byResource.flatMap((steps) =>
    steps.map((step, index) => {
      const before = steps[index - 1]
      const needed = step.resource.needs.flatMap((id) => lastOf.get(id) ?? [])
      return {...step, after: before ? [before.id] : needed}
    }),
  )
}

/** Whether hosts are created or deleted, now or after these steps. */
function isMoving(options: GroupOptions, steps: readonly PlanStep[], observed: Observed): boolean {
  const {read, id} = group(options)
  if (steps.some(({resource}) => resource.id === id)) return true
  const status = at(observed.find(read), 'status')
  return at(status, 'isStable') === false || at(status, 'versionTarget', 'isReached') === false
}

function waitStep(options: GroupOptions, steps: readonly PlanStep[]): PlanStep {
  const {group: name} = namesOf(options)
  const of = [ids(options).group, ids(options).autoscaler]
  return {
    id: `wait for the hosts of ${name}`,
    args: ['compute', 'instance-groups', 'managed', 'wait-until', name, ...inRegion(options), '--stable'],
    after: steps.filter(({resource}) => of.includes(resource.id)).map(({id}) => id),
    kind: 'wait',
    resource: group(options),
  }
}

function oldTemplates(options: GroupOptions, observed: Observed): Resource[] {
  const current = desiredTemplate(options).id
  return templatesIn(options, observed.find(templateList(options)))
    .filter(({id}) => id !== current)
    .filter((resource) => isOurs(options, resource, observed.find(resource.read), [], observed))
}

export function deleteStep(resource: Resource, after: readonly string[]): PlanStep {
  return {id: `delete ${resource.id}`, args: resource.remove ?? [], after, kind: 'delete', resource}
}
