/** Deletes what was made for a group, by exact name, and nothing else; from any partial state. */
import {textAt} from './fields.js'
import {isOurs, type Plan, type Step} from './plan.js'
import {deleteStep} from './plan-up.js'
import type {Seen} from './seen.js'
import type {Target} from './target.js'
import type {Thing} from './thing.js'
import {account} from './resources/account.js'
import {firewallRules} from './resources/firewall.js'
import {group} from './resources/group.js'
import {healthCheck} from './resources/health-check.js'
import {router} from './resources/nat.js'
import {subnet} from './resources/subnet.js'
import {templateList, templatesIn} from './resources/template.js'

/** All that may be there under names that are known beforehand. */
export function knownThings(target: Target): Thing[] {
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

/** Whoever gave the hosts an account that is there may not be allowed to read the policy of the project. */
function onlyWith({read}: Thing, role: Thing): Thing {
  return {...role, read: {...role.read, onlyWith: read}}
}

export function planDown(target: Target, seen: Seen): Plan {
  const templates = templatesIn(target, seen.find(templateList(target)))
  const things = [...knownThings(target).map((thing) => needing(target, thing, templates)), ...templates]
  const there = things.filter(({read}) => seen.find(read) !== undefined)
  const ours = there.filter((thing) => isOurs(target, thing, seen.find(thing.read), things, seen))
  const strangers = there.filter((thing) => !ours.includes(thing))
  // Found by a pattern: their names are nobody's, and they may stay for ever.
  const alike = strangers.filter((thing) => templates.includes(thing))
  const inTheWay = strangers.filter((thing) => !alike.includes(thing))
  return {
    steps: inOrder(ours),
    refusals: [],
    notes: [
      ...strangers.filter(({belongsTo}) => belongsTo === undefined).map((thing) => leftAlone(target, thing)),
      ...regionsOf(target, inTheWay, seen).map(
        (region) => `${target.name} was made in ${region}: that one is meant with --region=${region}`,
      ),
    ],
    remarks: alike.map((thing) => leftAlone(target, thing)),
  }
}

function leftAlone({name, region}: Target, {id}: Thing): string {
  return `${id} was not made by lbex for ${name} in ${region}: it is left alone`
}

/** Others that groups of this name were made in: who forgets --region is to know where to look. */
function regionsOf({name}: Target, things: readonly Thing[], seen: Seen): string[] {
  const texts = things.map(({read}) => textAt(seen.find(read), 'description'))
  const marks = texts.map((text) => /^lbex (\S+) in (\S+): /.exec(text))
  return [...new Set(marks.flatMap((mark) => (mark?.[1] === name && mark[2] ? [mark[2]] : [])))]
}

/** The group is made from templates, whose names are not known beforehand. */
function needing(target: Target, thing: Thing, templates: readonly Thing[]): Thing {
  if (thing.id !== group(target).id) return thing
  return {...thing, needs: [...thing.needs, ...templates.map(({id}) => id)]}
}

/** Each after all that need it. */
function inOrder(things: readonly Thing[]): Step[] {
  const steps = things.map((thing) => {
    const users = things.filter(({needs}) => needs.includes(thing.id))
    return deleteStep(
      thing,
      users.map(({id}) => `delete ${id}`),
    )
  })
  return sorted(steps)
}

/** Steps after those that they wait for, else in the order given. */
function sorted(steps: readonly Step[]): Step[] {
  const done: Step[] = []
  while (done.length < steps.length) {
    const ready = steps.filter(
      (step) => !done.includes(step) && step.after.every((id) => done.some((before) => before.id === id)),
    )
    done.push(...ready)
  }
  return done
}
