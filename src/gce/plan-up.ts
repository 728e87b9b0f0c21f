/**
 * From what is wanted and what is there to the steps between:
 *
 *   there is none                -> create it
 *   it is as wanted              -> nothing
 *   it differs                   -> update it; refuse where that cannot be
 *   it was not made by lbex      -> refuse
 *   a template of before         -> delete it, once no host is made from it
 */
import {at} from './fields.js'
import {isOurs, type Plan, type Step} from './plan.js'
import type {Seen} from './seen.js'
import {namesOf, type GroupOptions} from './target.js'
import {ids, inRegion, type Args, type Thing, type Wanted} from './thing.js'
import {wantedAccount} from './resources/account.js'
import {wantedFirewallRules} from './resources/firewall.js'
import {group, wantedAutoscaler, wantedGroup} from './resources/group.js'
import {wantedHealthCheck} from './resources/health-check.js'
import {wantedNat, wantedRouter} from './resources/nat.js'
import {wantedSubnet} from './resources/subnet.js'
import {templateList, templatesIn, wantedTemplate} from './resources/template.js'

/** All that the group is made of, each after what it needs. */
export function wantedThings(options: GroupOptions): Wanted[] {
  return [
    ...(options.serviceAccount === undefined ? wantedAccount(options) : []),
    wantedSubnet(options),
    ...(options.address ? [] : [wantedRouter(options), wantedNat(options)]),
    ...wantedFirewallRules(options),
    wantedHealthCheck(options),
    wantedTemplate(options),
    wantedGroup(options),
    wantedAutoscaler(options),
  ]
}

/** `wait`: whether to wait until the group is stable; old templates are only deleted then. */
export function planUp(options: GroupOptions, seen: Seen, wait: boolean): Plan {
  const wanted = wantedThings(options)
  const plans = wanted.map((thing) => planThing(options, thing, wanted, seen))
  const changes = orderSteps(plans.map(({steps}) => steps))
  const refusals = plans.flatMap(({refusals}) => refusals)
  const old = oldTemplates(options, seen)
  const moving = isMoving(options, changes, seen)
  if (moving && !wait) {
    const notes = old.map(
      ({id}) => `${id} is left until no host is made from it: the next lbex gce up deletes it`,
    )
    return {steps: changes, refusals, notes}
  }
  const waits = moving ? [waitStep(options, changes)] : []
  const after = [...changes, ...waits].map(({id}) => id)
  const deletions = old.map((thing) => deleteStep(thing, after))
  return {steps: [...changes, ...waits, ...deletions], refusals, notes: []}
}

type ThingPlan = {readonly steps: readonly Step[]; readonly refusals: readonly string[]}

function planThing(options: GroupOptions, thing: Wanted, all: readonly Thing[], seen: Seen): ThingPlan {
  const found = seen.find(thing.read)
  if (found === undefined) return {steps: [step(thing, 'create', 'create', thing.create)], refusals: []}
  if (!isOurs(options, thing, found, all, seen)) return {steps: [], refusals: [notOurs(options, thing)]}
  const {changes, fixed} = thing.compare(found)
  return {
    steps: changes.map(({title, args}) => step(thing, 'update', title, args)),
    refusals: fixed.map((what) => `${thing.id} cannot be changed: ${what}`),
  }
}

function notOurs({name, region}: GroupOptions, {id}: Thing): string {
  return `${id} is there, but was not made by lbex for ${name} in ${region}: choose another --name, or delete it`
}

function step(thing: Thing, kind: Step['kind'], title: string, args: Args): Step {
  return {id: `${title} ${thing.id}`, args, after: [], kind, thing}
}

/** A thing's steps come one after the other, and the first of them after all steps of what the thing needs. */
function orderSteps(byThing: readonly (readonly Step[])[]): Step[] {
  const lastOf = new Map(byThing.flatMap((steps) => steps.map(({thing, id}) => [thing.id, id] as const)))
  return byThing.flatMap((steps) =>
    steps.map((step, index) => {
      const before = steps[index - 1]
      const needed = step.thing.needs.flatMap((id) => lastOf.get(id) ?? [])
      return {...step, after: before ? [before.id] : needed}
    }),
  )
}

/** Whether hosts come and go, now or after these steps. */
function isMoving(options: GroupOptions, steps: readonly Step[], seen: Seen): boolean {
  const {read, id} = group(options)
  if (steps.some(({thing}) => thing.id === id)) return true
  const status = at(seen.find(read), 'status')
  return at(status, 'isStable') === false || at(status, 'versionTarget', 'isReached') === false
}

function waitStep(options: GroupOptions, steps: readonly Step[]): Step {
  const {group: name} = namesOf(options)
  const of = [ids(options).group, ids(options).autoscaler]
  return {
    id: `wait for the hosts of ${name}`,
    args: ['compute', 'instance-groups', 'managed', 'wait-until', name, ...inRegion(options), '--stable'],
    after: steps.filter(({thing}) => of.includes(thing.id)).map(({id}) => id),
    kind: 'wait',
    thing: group(options),
  }
}

function oldTemplates(options: GroupOptions, seen: Seen): Thing[] {
  const current = wantedTemplate(options).id
  return templatesIn(options, seen.find(templateList(options)))
    .filter(({id}) => id !== current)
    .filter((thing) => isOurs(options, thing, seen.find(thing.read), [], seen))
}

export function deleteStep(thing: Thing, after: readonly string[]): Step {
  return {id: `delete ${thing.id}`, args: thing.remove ?? [], after, kind: 'delete', thing}
}
