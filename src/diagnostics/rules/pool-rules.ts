/** Which address of a pool (--address-pool) a Service gets. */
import {listed, quote, rule} from '../rule.js'

type UnknownPoolArgs = {
  name: string
  /** The names of the pools; empty if lbex has none. */
  known: readonly string[]
  nearest?: string | undefined
}

type OutsideArgs = {
  address: string
  pool: string
  /** The ranges of the pool, as the operator wrote them. */
  ranges: readonly string[]
  /** True if the Service does not state the address, but has it in its status. */
  isRemembered?: boolean
}

type UnusableArgs = {
  address: string
  family: 'IPv4' | 'IPv6'
  /** `family`: the Service has no such family; `several`: it states more than one address of the family. */
  why: 'family' | 'several'
}

const CLOSED = 'nothing listens for this Service there'

const DELETE_STATUS = `kubectl patch service NAME --subresource=status --type=merge -p '{"status":{"loadBalancer":null}}'`

export const POOL_RULES = {
  'address-pool-type': rule({
    severity: 'error',
    message: () =>
      'only a Service of type LoadBalancer whose load balancer is lbex gets an address from a pool; no port of this Service is exposed',
    hint: () =>
      'set spec.type: LoadBalancer and spec.loadBalancerClass: loadbalancer-lbex, or remove the annotation',
    reason:
      'lbex remembers the address in the status of the Service, and only its load balancer may write that. The Service requests an address of its own, so lbex does not expose it on the addresses of the host instead.',
  }),
  'address-pool-unknown': rule({
    severity: 'error',
    message: ({name}: UnknownPoolArgs) =>
      `there is no address pool ${quote(name)}; no port of this Service is exposed`,
    hint: ({known, nearest}) => {
      if (known.length === 0) return 'run lbex with --address-pool NAME=RANGE, or remove the annotation'
      const guess = nearest === undefined ? '' : `did you mean ${quote(nearest)}? `
      return `${guess}--address-pool has ${listed(known, undefined, 10)}`
    },
    reason:
      'The pools are those of --address-pool. lbex does not replace an unknown pool with another one: its addresses may be open to more clients.',
  }),
  'address-pool-exhausted': rule({
    severity: 'error',
    message: ({pool, family}: {pool: string; family: 'IPv4' | 'IPv6'; ranges: readonly string[]}) =>
      `the address pool ${quote(pool)} has no free ${family} address; this Service gets none`,
    hint: ({ranges}) =>
      `add a range to --address-pool (it has ${listed(ranges, undefined, 5)}), delete a Service that is not needed, or let Services share an address with loadbalancer.lbex/address-sharing`,
    reason: 'Each Service gets an address of its own, and older Services keep theirs.',
  }),
  'address-outside-pool': rule({
    severity: 'error',
    message: ({address, pool, isRemembered}: OutsideArgs) =>
      isRemembered
        ? `this Service has the address ${address}, which is no longer in an address pool; ${CLOSED}`
        : `${address} is not in the address pool ${quote(pool)}; ${CLOSED}`,
    hint: ({address, ranges, isRemembered}) =>
      isRemembered
        ? `add ${address} to --address-pool again; to give the Service another address, delete its status (${DELETE_STATUS}) or state an address`
        : `the pool has ${listed(ranges, undefined, 5)}; state one of these addresses, or name another pool with loadbalancer.lbex/address-pool`,
    reason:
      'lbex listens only on addresses of the pool. If a pool is made smaller, lbex does not move a Service to another address without being asked, because its clients and DNS records use the old one.',
  }),
  'address-unusable': rule({
    severity: 'error',
    message: ({address, family, why}: UnusableArgs) =>
      why === 'family'
        ? `${address} is an ${family} address, and this Service has no ${family}; no port of this Service is exposed`
        : `this Service states several ${family} addresses, such as ${address}, but gets one from a pool; nothing listens for it on ${family}`,
    hint: ({family, why}) =>
      why === 'family'
        ? `add ${family} to spec.ipFamilies, or state an address of the families of this Service`
        : `state one ${family} address`,
    reason:
      'A Service gets one address of each of its families from a pool, as with other load balancers of Kubernetes.',
  }),
  'address-taken': rule({
    severity: 'error',
    message: ({
      address,
      owner,
    }: {
      address: string
      owner: string
      /** `elsewhere`: another load balancer decides about the owner. */
      remedy: 'ports' | 'key' | 'none' | 'host' | 'elsewhere'
    }) => `${address} is already allocated to ${owner}; ${CLOSED}`,
    hint: ({remedy}) =>
      ({
        ports:
          'the two have a listen port in common: change one of them, or state another address for one of the two',
        key: 'state another address; to share this one, give both Services the same loadbalancer.lbex/address-sharing and different listen ports',
        host: 'state another address',
        elsewhere:
          'state another address, and do not give the same ranges of addresses to two load balancers or groups of lbex',
        none: 'state another address; only Services of one namespace can share an address',
      })[remedy],
    reason:
      'An address of a pool belongs to one Service, or to Services of one namespace with the same key in loadbalancer.lbex/address-sharing whose listen ports differ. A Service that has the address keeps it, also one of another load balancer; among others, the oldest gets it.',
  }),
  'address-duplicate': rule({
    severity: 'warning',
    message: ({address, owner}: {address: string; owner: string}) =>
      `the status of ${owner}, which has another load balancer, contains the address ${address} of this Service too: a client reaches only one of the two`,
    hint: () =>
      `do not give the same ranges of addresses to two load balancers or groups of lbex; then delete the status of one of the two Services (${DELETE_STATUS})`,
    reason:
      'lbex gives no Service an address that is in the status of another Service. If another load balancer gives the address of a Service to a second one, lbex does not move the first Service, because clients and DNS records use the address. Only if lbex exposes both Services, in two groups, the younger one gets another address.',
  }),
  'address-sharing-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) =>
      `${quote(value)} is not a valid key for a shared address; no port of this Service is exposed`,
    hint: () => "use 1 to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    reason: 'Services of one namespace with the same key share an address of a pool.',
  }),
  'address-sharing-unused': rule({
    severity: 'warning',
    message: ({why}: {why: 'type' | 'no-pools'}) =>
      `this annotation has no effect: ${why === 'type' ? 'lbex gives this Service no address from a pool' : 'lbex has no address pool'}`,
    hint: ({why}) =>
      why === 'type'
        ? 'set spec.type: LoadBalancer and spec.loadBalancerClass: loadbalancer-lbex, or remove the annotation'
        : 'run lbex with --address-pool, or remove the annotation',
    reason: 'Without a pool, all Services listen on the addresses of the host, and share them.',
  }),
  'address-pending': rule({
    severity: 'info',
    message: () => 'this Service has no address yet: this lbex only follows what the status says',
    hint: () =>
      'the leader of the group chooses an address within seconds; an lbex without permission to write the status, or with --publish off, never does',
    reason:
      'Only one lbex of a group may choose addresses, so that no two Services get the same one. The others listen on an address when it is in the status of the Service.',
  }),
} as const
