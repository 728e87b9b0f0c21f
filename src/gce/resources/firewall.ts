/** Firewall rules: clients to the served ports, Google's health probes to the health port, hosts to the cluster. */
import {at, lastName, listAt, sameSet, textAt} from '../fields.js'
import {markOf, namesOf, PROBES, type GroupOptions, type GroupTarget} from '../target.js'
import {changeIf, ids, inProject, type Args, type Resource, type DesiredResource} from '../resource.js'

export function firewallRules(target: GroupTarget): Resource[] {
  const {servedPorts, healthProbes, toCluster} = namesOf(target)
  return [servedPorts, healthProbes, toCluster].map((name) => rule(target, name))
}

function rule(target: GroupTarget, name: string): Resource {
  const project = inProject(target)
  return {
    id: ids(target).firewall(name),
    read: {args: ['compute', 'firewall-rules', 'describe', name, project], name},
    remove: ['compute', 'firewall-rules', 'delete', name, project, '--quiet'],
    needs: [],
  }
}

type FirewallRule = {
  readonly name: string
  readonly says: string
  /** `tcp:80`, or `tcp` for every port. */
  readonly allow: readonly string[]
  readonly from: readonly string[]
  /** If absent, the rule applies to all machines of the network. */
  readonly tag?: string
}

export function desiredFirewallRules(options: GroupOptions): DesiredResource[] {
  const {servedPorts, healthProbes, toCluster, tag} = namesOf(options)
  const rules: FirewallRule[] = [
    {name: servedPorts, says: 'clients of the Services', allow: options.ports, from: options.ingress, tag},
    // Without it, autohealing would consider every host unhealthy and replace it again and again.
    {
      name: healthProbes,
      says: "Google's health probes",
      allow: [`tcp:${options.healthPort}`],
      from: PROBES,
      tag,
    },
    // Node ports and the ports of Pods are not known in advance. Only the hosts have addresses of this range.
    {name: toCluster, says: 'from the hosts to the cluster', allow: ['tcp', 'udp'], from: [options.cidr]},
  ]
  return rules.map((desired) => desiredRule(options, desired))
}

function desiredRule(options: GroupOptions, desired: FirewallRule): DesiredResource {
  const {name, says, tag} = desired
  const project = inProject(options)
  const content: Args = [
    `--allow=${desired.allow.join(',')}`,
    `--source-ranges=${desired.from.join(',')}`,
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
        changes: changeIf(differs(found, desired), 'update', update).changes,
        immutable:
          network === options.network ? [] : [`it is on the network ${network}, not ${options.network}`],
      }
    },
  }
}

function differs(found: unknown, {allow, from, tag}: FirewallRule): boolean {
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
