/** The service account of the hosts, and the little that it may do. */
import {at, listAt, textAt} from '../fields.js'
import {LONGEST_NAME_OF_ACCOUNT, markOf, namesOf, type GroupOptions, type Target} from '../target.js'
import {ids, inProject, SAME, type Thing, type Wanted} from '../thing.js'

/** Reading the cluster (Services, EndpointSlices, Nodes; no Secrets), logs and metrics. */
export const ROLES = ['roles/container.viewer', 'roles/logging.logWriter', 'roles/monitoring.metricWriter']

/** None where the name is too long for an account: then there never was one. */
export function account(target: Target): Thing[] {
  if (target.name.length > LONGEST_NAME_OF_ACCOUNT) return []
  const {account: address} = namesOf(target)
  const command = ['iam', 'service-accounts']
  const project = inProject(target)
  const itself: Thing = {
    id: ids(target).account,
    read: {args: [...command, 'describe', address, project], name: address},
    remove: [...command, 'delete', address, project, '--quiet'],
    needs: [],
  }
  return [itself, ...ROLES.map((role, index) => roleOf(target, role, ROLES[index - 1]))]
}

export function wantedAccount(options: GroupOptions): Wanted[] {
  const address = namesOf(options).account
  const [itself, ...roles] = account(options) as [Thing, ...Thing[]]
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

/** `after`: one at a time, because each is a change of the one policy of the project. */
function roleOf(target: Target, role: string, after: string | undefined): Thing {
  const {role: id, account: owner} = ids(target)
  const member = memberOf(target)
  // One with a condition is somebody else's, and may end any day.
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

function binding(verb: 'add' | 'remove', target: Target, role: string): string[] {
  const words = ['projects', `${verb}-iam-policy-binding`, target.project]
  return [...words, `--member=${memberOf(target)}`, `--role=${role}`, '--condition=None']
}

function memberOf(target: Target): string {
  return `serviceAccount:${namesOf(target).account}`
}
