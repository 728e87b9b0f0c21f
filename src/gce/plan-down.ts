/** Plans the deletion of the resources of a group, by exact name, from any partial state. */
import {textAt} from './fields.js'
import {isOurs, type Plan, type PlanStep} from './plan.js'
import {deleteStep} from './plan-up.js'
import type {Observed} from './observed.js'
import type {GroupTarget} from './target.js'
import type {Resource} from './resource.js'
import {account} from './resources/account.js'
import {firewallRules} from './resources/firewall.js'
import {group} from './resources/group.js'
import {healthCheck} from './resources/health-check.js'
import {router} from './resources/nat.js'
import {subnet} from './resources/subnet.js'
import {templateList, templatesIn} from './resources/template.js'

/** All resources of a group whose names are known in advance. */
export function knownResources(target: GroupTarget): Resource[] {
  const [itself, ...roles] = account(target)
  return [
    ...(itself ? [itself, ...roles.map((role) => onlyWith(itself, role))] : []),
    subnet(target),
    router(target),
    ...firewallRules(target),
    healthCheck(target),
    group(target),
  ]
}

/** An operator who uses --service-account may lack the permission to read the policy of the project. */
function onlyWith({read}: Resource, role: Resource): Resource {
  return {...role, read: {...role.read, onlyWith: read}}
}

export function planDown(target: GroupTarget, observed: Observed): Plan {
  const templates = templatesIn(target, observed.find(templateList(target)))
  const resources = [
    ...knownResources(target).map((resource) => needing(target, resource, templates)),
    ...templates,
  ]
  const there = resources.filter(({read}) => observed.find(read) !== undefined)
  const ours = there.filter((resource) =>
    isOurs(target, resource, observed.find(resource.read), resources, observed),
  )
  const strangers = there.filter((resource) => !ours.includes(resource))
  // They were found by a name pattern and are not in the way of a new group, so they may stay.
  const alike = strangers.filter((resource) => templates.includes(resource))
  const inTheWay = strangers.filter((resource) => !alike.includes(resource))
  return {
    steps: inOrder(ours),
    refusals: [],
    notes: [
      ...strangers
        .filter(({belongsTo}) => belongsTo === undefined)
        .map((resource) => leftAlone(target, resource)),
      ...regionsOf(target, inTheWay, observed).map(
        (region) => `${target.name} was created in ${region}: use --region=${region} to delete that group`,
      ),
    ],
    remarks: alike.map((resource) => leftAlone(target, resource)),
  }
}

function leftAlone({name, region}: GroupTarget, {id}: Resource): string {
  return `${id} was not created by lbex for ${name} in ${region} and is left unchanged`
}

/** Other regions that have a group of this name, for operators who forget --region. */
function regionsOf({name}: GroupTarget, resources: readonly Resource[], observed: Observed): string[] {
  const texts = resources.map(({read}) => textAt(observed.find(read), 'description'))
  const marks = texts.map((text) => /^lbex (\S+) in (\S+): /.exec(text))
  return [...new Set(marks.flatMap((mark) => (mark?.[1] === name && mark[2] ? [mark[2]] : [])))]
}

/** The group uses templates, whose names are not known in advance. */
function needing(target: GroupTarget, resource: Resource, templates: readonly Resource[]): Resource {
  if (resource.id !== group(target).id) return resource
  return {...resource, needs: [...resource.needs, ...templates.map(({id}) => id)]}
}

/** Each resource is deleted after all resources that need it. */
function inOrder(resources: readonly Resource[]): PlanStep[] {
  const steps = resources.map((resource) => {
    const users = resources.filter(({needs}) => needs.includes(resource.id))
    return deleteStep(
      resource,
      users.map(({id}) => `delete ${id}`),
    )
  })
  return sorted(steps)
}

/** Sorts steps after those that they wait for, and otherwise keeps their order. */
function sorted(steps: readonly PlanStep[]): PlanStep[] {
  const done: PlanStep[] = []
  while (done.length < steps.length) {
    const ready = steps.filter(
      (step) => !done.includes(step) && step.after.every((id) => done.some((before) => before.id === id)),
    )
    done.push(...ready)
  }
  return done
}
