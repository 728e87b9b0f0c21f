/** Outbound NAT for hosts without external addresses: they install packages at their first start. */
import {lastName, listAt, textAt} from '../fields.js'
import {markOf, namesOf, type GroupOptions, type GroupTarget} from '../target.js'
import {changeIf, ids, inRegion, type Resource, type DesiredResource} from '../resource.js'

export function router(target: GroupTarget): Resource {
  const name = namesOf(target).router
  return {
    id: ids(target).router,
    read: {args: ['compute', 'routers', 'describe', name, ...inRegion(target)], name},
    remove: ['compute', 'routers', 'delete', name, ...inRegion(target), '--quiet'],
    needs: [ids(target).subnet],
  }
}

export function desiredRouter(options: GroupOptions): DesiredResource {
  return {
    ...router(options),
    create: [
      ...['compute', 'routers', 'create', namesOf(options).router, ...inRegion(options)],
      `--network=${options.network}`,
      `--description=${markOf(options)}way out of the hosts`,
    ],
    compare: (found) => {
      const network = lastName(textAt(found, 'network'))
      return {
        changes: [],
        immutable:
          network === options.network ? [] : [`it is on the network ${network}, not ${options.network}`],
      }
    },
  }
}

/** Deleted together with its router. */
export function desiredNat(options: GroupOptions): DesiredResource {
  const names = namesOf(options)
  const {args, name} = router(options).read
  return {
    id: ids(options).nat,
    read: {
      args,
      name,
      pick: (found) => listAt(found, 'nats').find((nat) => textAt(nat, 'name') === names.nat),
    },
    needs: [ids(options).router],
    belongsTo: ids(options).router,
    create: [...nat('create', options), '--auto-allocate-nat-external-ips'],
    // The update keeps addresses that an operator reserved for it.
    compare: (found) => changeIf(!serves(found, names.subnet), 'update', nat('update', options)),
  }
}

function nat(verb: 'create' | 'update', options: GroupOptions): string[] {
  const names = namesOf(options)
  return [
    ...['compute', 'routers', 'nats', verb, names.nat, ...inRegion(options)],
    `--router=${names.router}`,
    `--nat-custom-subnet-ip-ranges=${names.subnet}`,
  ]
}

function serves(found: unknown, subnet: string): boolean {
  if (textAt(found, 'sourceSubnetworkIpRangesToNat').startsWith('ALL_SUBNETWORKS_')) return true
  return listAt(found, 'subnetworks').some((served) => lastName(textAt(served, 'name')) === subnet)
}
