/** The subnet of the hosts. */
import {at, lastName, textAt} from '../fields.js'
import {markOf, namesOf, type GroupOptions, type GroupTarget} from '../target.js'
import {changeIf, ids, inRegion, type Comparison, type Resource, type DesiredResource} from '../resource.js'

export function subnet(target: GroupTarget): Resource {
  const name = namesOf(target).subnet
  return {
    id: ids(target).subnet,
    read: {args: ['compute', 'networks', 'subnets', 'describe', name, ...inRegion(target)], name},
    remove: ['compute', 'networks', 'subnets', 'delete', name, ...inRegion(target), '--quiet'],
    needs: [],
  }
}

export function desiredSubnet(options: GroupOptions): DesiredResource {
  const name = namesOf(options).subnet
  const command = ['compute', 'networks', 'subnets']
  return {
    ...subnet(options),
    create: [
      ...[...command, 'create', name, ...inRegion(options)],
      `--network=${options.network}`,
      `--range=${options.cidr}`,
      // With it, hosts without external addresses can reach the APIs of Google.
      '--enable-private-ip-google-access',
      `--description=${markOf(options)}addresses of the hosts`,
    ],
    compare: (found) => {
      const update = [...command, 'update', name, ...inRegion(options), '--enable-private-ip-google-access']
      const {changes} = changeIf(at(found, 'privateIpGoogleAccess') !== true, 'update', update)
      return {changes, immutable: immutableDifferences(found, options)}
    },
  }
}

function immutableDifferences(found: unknown, {cidr, network}: GroupOptions): Comparison['immutable'] {
  const range = textAt(found, 'ipCidrRange')
  const onNetwork = lastName(textAt(found, 'network'))
  return [
    ...(range === cidr ? [] : [`its range is ${range}, not ${cidr}`]),
    ...(onNetwork === network ? [] : [`it is on the network ${onNetwork}, not ${network}`]),
  ]
}
