/** The service account of the hosts, with the fewest roles that they need. */
import {at, listAt, textAt} from '../fields.js'
import {LONGEST_NAME_OF_ACCOUNT, markOf, namesOf, type GroupOptions, type GroupTarget} from '../target.js'
import {ids, inProject, SAME, type Resource, type DesiredResource} from '../resource.js'

/** Read the cluster (Services, EndpointSlices, Nodes; no Secrets), write logs and metrics. */
export const ROLES = ['roles/container.viewer', 'roles/logging.logWriter', 'roles/monitoring.metricWriter']

/** Empty if the name is too long for a service account, because lbex cannot have created one. */
export function account(target: GroupTarget): Resource[] {
  if (target.name.length > LONGEST_NAME_OF_ACCOUNT) return []
  const {account: address} = namesOf(target)
  const command = ['iam', 'service-accounts']
  const project = inProject(target)
  const itself: Resource = {
    id: ids(target).account,
    read: {args: [...command, 'describe', address, project], name: address},
    remove: [...command, 'delete', address, project, '--quiet'],
    needs: [],
  }
  return [itself, ...ROLES.map((role, index) => roleOf(target, role, ROLES[index - 1]))]
}

export function desiredAccount(options: GroupOptions): DesiredResource[] {
  const address = namesOf(options).account
  const [itself, ...roles] = account(options) as [Resource, ...Resource[]]
  return [
    {
      ...itself,
      create: [
        ...['iam', 'service-accounts', 'create', address.slice(0, address.indexOf('@')), inProject(options)],
        `--display-name=lbex ${options.name}`,
        `--description=${markOf(options)}account of the hosts`,
      ],
      compare: () => SAME,
    },
    ...roles.map((role, index) => ({
      ...role,
      create: binding('add', options, ROLES[index] ?? ''),
      compare: () => SAME,
    })),
  ]
}

/** `after`: the role that is bound before. Each binding changes the policy of the project, so they run one after the other. */
function roleOf(target: GroupTarget, role: string, after: string | undefined): Resource {
  const {role: id, account: owner} = ids(target)
  const member = memberOf(target)
  // lbex creates no conditional binding, and a condition may expire.
  const holds = (binding: unknown): boolean =>
    textAt(binding, 'role') === role &&
    listAt(binding, 'members').includes(member) &&
    at(binding, 'condition') === undefined
  return {
    id: id(role),
    read: {
      args: ['projects', 'get-iam-policy', target.project],
      name: target.project,
      pick: (policy) => listAt(policy, 'bindings').find(holds),
    },
    remove: binding('remove', target, role),
    needs: after === undefined ? [owner] : [owner, id(after)],
    belongsTo: owner,
  }
}

function binding(verb: 'add' | 'remove', target: GroupTarget, role: string): string[] {
  const words = ['projects', `${verb}-iam-policy-binding`, target.project]
  return [...words, `--member=${memberOf(target)}`, `--role=${role}`, '--condition=None']
}

function memberOf(target: GroupTarget): string {
  return `serviceAccount:${namesOf(target).account}`
}
