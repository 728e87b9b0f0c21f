/** Examples for the diagnostics about address pools. */
import {documents, ours, service} from './example.js'

const POOL = 'loadbalancer.lbex/address-pool'
const SHARING = 'loadbalancer.lbex/address-sharing'
const POOLS = ['--address-pool', 'public=192.0.2.16/31']

function balanced(
  annotations: readonly string[] = [],
  {name = 'web', port = 80, more = []}: {name?: string; port?: number; more?: readonly string[]} = {},
): string {
  const spec = [
    'type: LoadBalancer',
    'loadBalancerClass: loadbalancer-lbex',
    ...more,
    `ports: [{name: http, port: ${port}, nodePort: ${30_000 + port}}]`,
  ]
  const text = service({name, annotations, spec})
  return annotations.length > 0 ? text : text.replace('  annotations:\n', '')
}

/** As the API server returns it, with an address in the status. */
function published(text: string, address: string): string {
  const status = `status: {loadBalancer: {ingress: [{ip: ${address}}]}}\n`
  return text.replace(/^ {2}name: (.*)$/m, '$&\n  uid: $1') + status
}

/** Another load balancer gave it the address. */
function ofMetallb(address: string): string {
  const text = balanced([], {name: 'wiki', port: 81}).replace('loadbalancer-lbex', 'metallb.example/bgp')
  return published(text, address)
}

const LISTEN = 'loadbalancer.lbex/listen-address: 192.0.2.16'
const TWO = documents(balanced(), balanced([], {name: 'shop', port: 81}))

export const POOL_EXAMPLES = {
  'address-pool-type': {bad: ours([`${POOL}: public`]), good: balanced([`${POOL}: public`])},
  'address-pool-unknown': {
    bad: balanced([`${POOL}: publik`]),
    good: balanced([`${POOL}: public`]),
    flags: POOLS,
  },
  'address-pool-exhausted': {
    bad: documents(TWO, balanced([], {name: 'mail', port: 25})),
    good: TWO,
    flags: POOLS,
  },
  'address-outside-pool': {
    bad: balanced([LISTEN.replace('.16', '.18')]),
    good: balanced([LISTEN]),
    flags: POOLS,
  },
  'address-unusable': {
    bad: balanced([`${LISTEN}, 192.0.2.17`]),
    good: balanced([LISTEN]),
    flags: POOLS,
  },
  'address-taken': {
    bad: documents(balanced([LISTEN]), balanced([LISTEN], {name: 'shop', port: 81})),
    good: documents(
      balanced([LISTEN, `${SHARING}: site`]),
      balanced([LISTEN, `${SHARING}: site`], {name: 'shop', port: 81}),
    ),
    flags: POOLS,
  },
  'address-duplicate': {
    bad: documents(published(balanced(), '192.0.2.16'), ofMetallb('192.0.2.16')),
    good: documents(published(balanced(), '192.0.2.16'), ofMetallb('192.0.2.200')),
    flags: POOLS,
  },
  'address-sharing-invalid': {
    bad: balanced([`${SHARING}: the site`]),
    good: balanced([`${SHARING}: site`]),
    flags: POOLS,
  },
  'address-sharing-unused': {bad: ours([`${SHARING}: site`]), good: ours([])},
  'address-pending': {
    never: 'lbex check decides as the leader of a group does',
    remedy:
      'wait until the leader has written the status; if it stays like this, the log of each lbex says whether it publishes (publishing status and Events), and which permission is missing',
  },
} as const
