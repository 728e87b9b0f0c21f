/** The managed instance group of the hosts, with autohealing and autoscaling. */
import {at, lastName, listAt, textAt} from '../fields.js'
import {MIN_HOSTS, markOf, namesOf, ZONES, type GroupOptions, type GroupTarget} from '../target.js'
import {
  changeIf,
  ids,
  inRegion,
  SAME,
  type Change,
  type Comparison,
  type Resource,
  type DesiredResource,
} from '../resource.js'
import {ROLES} from './account.js'
import {firewallRules} from './firewall.js'
import {templateName} from './template.js'

const COMMAND = ['compute', 'instance-groups', 'managed']

/** Seconds that a new host has for its installation before autohealing applies. */
const INITIAL_DELAY = 300
const COOL_DOWN = 120
const CPU = 0.7

export function group(target: GroupTarget): Resource {
  const name = namesOf(target).group
  return {
    id: ids(target).group,
    read: {args: [...COMMAND, 'describe', name, ...inRegion(target)], name},
    remove: [...COMMAND, 'delete', name, ...inRegion(target), '--quiet'],
    needs: [
      ...[
        ids(target).subnet,
        ids(target).router,
        ids(target).nat,
        ids(target).healthCheck,
        ids(target).account,
      ],
      ...ROLES.map(ids(target).role),
      ...firewallRules(target).map(({id}) => id),
    ],
  }
}

export function desiredGroup(options: GroupOptions): DesiredResource {
  const template = templateName(options)
  const names = namesOf(options)
  const needs = [...group(options).needs, ids(options).template(template)]
  return {
    ...group(options),
    needs,
    create: [
      ...[...COMMAND, 'create', names.group, ...inRegion(options)],
      `--template=${template}`,
      // The initial size only: later the autoscaler sets it.
      `--size=${MIN_HOSTS}`,
      `--base-instance-name=${options.name}`,
      ...autohealing(options),
      `--description=${markOf(options)}the hosts`,
    ],
    compare: (found) => ({
      changes: [...rollout(found, options), ...healing(found, options).changes],
      immutable: [],
    }),
  }
}

/** The template of new hosts; the first of two during a canary rollout of an operator. */
export function templateInUse(found: unknown): string {
  return lastName(textAt(found, 'versions', 0, 'instanceTemplate') || textAt(found, 'instanceTemplate'))
}

function rollout(found: unknown, options: GroupOptions): Change[] {
  const template = templateName(options)
  // Google requires a surge of 0 or of at least one host for each zone.
  const surge = listAt(found, 'distributionPolicy', 'zones').length || ZONES
  const mixed = listAt(found, 'versions').length > 1
  return changeIf(mixed || templateInUse(found) !== template, 'roll out the template to', [
    ...[...COMMAND, 'rolling-action', 'start-update', namesOf(options).group, ...inRegion(options)],
    `--version=template=${template}`,
    `--max-surge=${surge}`,
    '--max-unavailable=0',
  ]).changes as Change[]
}

function healing(found: unknown, options: GroupOptions): Comparison {
  const policy = at(found, 'autoHealingPolicies', 0)
  const same =
    lastName(textAt(policy, 'healthCheck')) === namesOf(options).healthCheck &&
    textAt(policy, 'initialDelaySec') === String(INITIAL_DELAY)
  const update = [...COMMAND, 'update', namesOf(options).group, ...inRegion(options), ...autohealing(options)]
  return changeIf(!same, 'set the health check of', update)
}

function autohealing(options: GroupOptions): string[] {
  return [`--health-check=${namesOf(options).healthCheck}`, `--initial-delay=${INITIAL_DELAY}`]
}

/** Deleted together with its group. Google chooses its name; describe of the group includes it. */
export function desiredAutoscaler(options: GroupOptions): DesiredResource {
  const name = namesOf(options).group
  const limits = [`--min-num-replicas=${MIN_HOSTS}`, `--max-num-replicas=${options.maxHosts}`]
  const set = [
    ...[...COMMAND, 'set-autoscaling', name, ...inRegion(options), ...limits],
    ...[`--target-cpu-utilization=${CPU}`, `--cool-down-period=${COOL_DOWN}`],
  ]
  const update = [...COMMAND, 'update-autoscaling', name, ...inRegion(options), ...limits]
  return {
    id: ids(options).autoscaler,
    read: {...group(options).read, pick: (found) => at(found, 'autoscaler')},
    needs: [ids(options).group],
    belongsTo: ids(options).group,
    create: set,
    compare: (found) => {
      const policy = at(found, 'autoscalingPolicy')
      const bounds = [textAt(policy, 'minNumReplicas'), textAt(policy, 'maxNumReplicas')].join()
      // set-autoscaling also resets the mode, which an operator may have changed, so update only the limits if that is enough.
      if (textAt(policy, 'cpuUtilization', 'utilizationTarget') !== String(CPU))
        return changeIf(true, 'set', set)
      return bounds === `${MIN_HOSTS},${options.maxHosts}` ? SAME : changeIf(true, 'update', update)
    },
  }
}
