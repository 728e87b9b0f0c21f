/** On which addresses and ports Services are served, and their limits. */
import {Flags, type Interfaces} from '@oclif/core'
import {
  addressRange,
  listenAddress,
  poolRange,
  port,
  positiveNumber,
  reservedPort,
  zoneName,
  type ListenAddress,
  type NamedRange,
  type PortSelection,
} from '../values.js'
import {settingFlags} from './defaults.js'
import {withEnvironment} from './named.js'

const helpGroup = 'serving'

export const servingFlags = withEnvironment({
  'listen-address': Flags.custom<ListenAddress>({
    description:
      'IP address of this host to listen on, and the name by which Services may select it (loadbalancer.lbex/listen-address). Repeatable, also with the same name; the default is all addresses, IPv4 and IPv6. 0.0.0.0 and :: cover all addresses of their family. If all given addresses are of one family, the other family gets no listeners.',
    helpGroup,
    helpValue: '[NAME=]ADDRESS',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => listenAddress(text),
  })(),
  'address-pool': Flags.custom<NamedRange>({
    description:
      'Addresses of which each Service of type LoadBalancer, whose load balancer is lbex, gets one of its own: a network such as 192.0.2.0/24, or the first and the last address. Repeatable, also with the same name (default: default). A Service that names no pool (loadbalancer.lbex/address-pool) gets an address of the first one. Only the leader of a group of hosts chooses addresses, and the status of the Services keeps them.',
    helpGroup,
    helpValue: '[NAME=]RANGE',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => poolRange(text),
  })(),
  'reserved-port': Flags.custom<PortSelection | 'none'>({
    defaultHelp: async () => '22/tcp,10250/tcp',
    description:
      'A port that no Service may listen on. Repeatable; replaces the default (ssh and the kubelet). none: reserve nothing.',
    helpGroup,
    helpValue: 'PORT[/tcp|/udp]',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => reservedPort(text),
  })(),
  'include-excluded-nodes': Flags.boolean({
    description:
      'Also use nodes with the label node.kubernetes.io/exclude-from-external-load-balancers (kubeadm sets it on control planes).',
    helpGroup,
  }),
  'default-upstream-type': Flags.option({
    default: 'node',
    description:
      'Where the traffic of Services without the annotation loadbalancer.lbex/upstream-type goes. pod also serves Services without node ports.',
    helpGroup,
    options: ['node', 'pod', 'cluster-ip'] as const,
  })(),
  zone: Flags.custom<string>({
    description:
      'Zone of this host, as in the label topology.kubernetes.io/zone of a node. lbex prefers the endpoints that Kubernetes hints for this zone (spec.trafficDistribution), as kube-proxy does.',
    helpGroup,
    helpValue: 'ZONE',
    parse: async (text) => zoneName(text),
  })(),
  'max-listeners-per-service': Flags.custom<number>({
    default: 1000,
    description:
      'Maximum number of listeners of one Service; a port counts once for each listen address. Ports beyond the limit are not served.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  'max-servers-per-service': Flags.custom<number>({
    default: 10_000,
    description:
      'Maximum number of servers in all upstreams of one Service. Beyond the limit each port uses a sample of its servers.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  'max-source-ranges-per-service': Flags.custom<number>({
    default: 10_000,
    description:
      'Source ranges that the ports of one Service have together: its ranges times its ports. Beyond the limit the Service is closed.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  'allow-local-endpoints': Flags.boolean({
    description:
      'Also use loopback, link-local, site-local and unspecified addresses of endpoints, nodes and cluster IPs as servers, for a demo or a test on one host.',
    helpGroup,
  }),
  'deny-endpoints': Flags.custom<string>({
    description:
      'Addresses that are never used as servers, in any object: 10.20.0.0/16, or a single address. Repeatable.',
    helpGroup,
    helpValue: 'CIDR',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => addressRange(text),
  })(),
  'health-check': Flags.boolean({
    allowNo: true,
    default: true,
    description: 'Answer health checks over HTTP (default). If on, no Service may listen on the health port.',
    helpGroup,
  }),
  'health-port': Flags.custom<number>({
    default: 7331,
    description: 'Port of the health checks.',
    helpGroup,
    helpValue: 'PORT',
    parse: async (text) => port(text),
  })(),
  ...settingFlags(),
})

export type ServingFlags = Interfaces.InferredFlags<typeof servingFlags>
