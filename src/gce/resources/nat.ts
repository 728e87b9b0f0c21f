/** The way out for hosts without external addresses: they install packages at their first start. */
import {lastName, listAt, textAt} from '../fields.js'
import {markOf, namesOf, type GroupOptions, type Target} from '../target.js'
import {changeIf, ids, inRegion, type Thing, type Wanted} from '../thing.js'

export function router(target: Target): Thing {
  const name = namesOf(target).router
  return {
    id: ids(target).router,
    read: {args: ['compute', 'routers', 'describe', name, ...inRegion(target)], name},
    remove: ['compute', 'routers', 'delete', name, ...inRegion(target), '--quiet'],
    needs: [ids(target).subnet],
  }
}

export function wantedRouter(options: GroupOptions): Wanted {
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
        fixed: network === options.network ? [] : [`it is on the network ${network}, not ${options.network}`],
      }
    },
  }
}

/** Goes with its router. */
export function wantedNat(options: GroupOptions): Wanted {
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
    // Addresses that somebody reserved for it are kept.
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
