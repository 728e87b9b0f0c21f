/** Who may talk to the hosts: clients on the served ports, Google's health probes; and the hosts to the cluster. */
import {at, lastName, listAt, sameSet, textAt} from '../fields.js'
import {markOf, namesOf, PROBES, type GroupOptions, type Target} from '../target.js'
import {changeIf, ids, inProject, type Args, type Thing, type Wanted} from '../thing.js'

export function firewallRules(target: Target): Thing[] {
  const {servedPorts, healthProbes, toCluster} = namesOf(target)
  return [servedPorts, healthProbes, toCluster].map((name) => rule(target, name))
}

function rule(target: Target, name: string): Thing {
  const project = inProject(target)
  return {
    id: ids(target).firewall(name),
    read: {args: ['compute', 'firewall-rules', 'describe', name, project], name},
    remove: ['compute', 'firewall-rules', 'delete', name, project, '--quiet'],
    needs: [],
  }
}

type Rule = {
  readonly name: string
  readonly says: string
  /** `tcp:80`, or `tcp` for every port. */
  readonly allow: readonly string[]
  readonly from: readonly string[]
  /** Absent: every machine of the network. */
  readonly tag?: string
}

export function wantedFirewallRules(options: GroupOptions): Wanted[] {
  const {servedPorts, healthProbes, toCluster, tag} = namesOf(options)
  const rules: Rule[] = [
    {name: servedPorts, says: 'clients of the Services', allow: options.ports, from: options.ingress, tag},
    // Without it autohealing takes every host for dead, and replaces it for ever.
    {
      name: healthProbes,
      says: "Google's health probes",
      allow: [`tcp:${options.healthPort}`],
      from: PROBES,
      tag,
    },
    // Node ports and the ports of Pods, whatever they are: the hosts are ours, and nobody else has their addresses.
    {name: toCluster, says: 'from the hosts to the cluster', allow: ['tcp', 'udp'], from: [options.cidr]},
  ]
  return rules.map((wanted) => wantedRule(options, wanted))
}

function wantedRule(options: GroupOptions, wanted: Rule): Wanted {
  const {name, says, tag} = wanted
  const project = inProject(options)
  const content: Args = [
    `--allow=${wanted.allow.join(',')}`,
    `--source-ranges=${wanted.from.join(',')}`,
    ...(tag === undefined ? [] : [`--target-tags=${tag}`]),
  ]
  return {
    ...rule(options, name),
    create: [
      ...['compute', 'firewall-rules', 'create', name, project, `--network=${options.network}`],
      '--direction=INGRESS',
      ...content,
      `--description=${markOf(options)}${says}`,
    ],
    compare: (found) => {
      const update = ['compute', 'firewall-rules', 'update', name, project, ...content, '--no-disabled']
      const network = lastName(textAt(found, 'network'))
      return {
        changes: changeIf(differs(found, wanted), 'update', update).changes,
        fixed: network === options.network ? [] : [`it is on the network ${network}, not ${options.network}`],
      }
    },
  }
}

function differs(found: unknown, {allow, from, tag}: Rule): boolean {
  return !(
    sameSet(listAt(found, 'allowed').flatMap(allowedOf), allow) &&
    sameSet(listAt(found, 'sourceRanges'), from) &&
    sameSet(listAt(found, 'targetTags'), tag === undefined ? [] : [tag]) &&
    at(found, 'disabled') !== true
  )
}

/** `{IPProtocol: tcp, ports: [80, 443]}` as `tcp:80`, `tcp:443`. */
function allowedOf(allowed: unknown): string[] {
  const protocol = textAt(allowed, 'IPProtocol')
  const ports = listAt(allowed, 'ports')
  return ports.length === 0 ? [protocol] : ports.map((port) => `${protocol}:${String(port)}`)
}
