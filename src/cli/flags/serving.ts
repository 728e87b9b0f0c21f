/** How and where Services are served on this host. */
import {Flags, type Interfaces} from '@oclif/core'
import {address, addressRange, port, positiveNumber, reservedPort, type PortSelection} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'serving'

export const servingFlags = withEnvironment({
  'listen-address': Flags.custom<string>({
    description:
      'IP address of this host to listen on. Repeatable; the default is every address, IPv4 and IPv6. 0.0.0.0 and :: cover all addresses of their family. Where only addresses of one family are given, the other family gets no listeners.',
    helpGroup,
    helpValue: 'ADDRESS',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => address(text),
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
      'Use nodes labelled node.kubernetes.io/exclude-from-external-load-balancers too (kubeadm sets the label on control planes).',
    helpGroup,
  }),
  'max-listeners-per-service': Flags.custom<number>({
    default: 1000,
    description:
      'Listeners that one Service gets; a port counts once for each listen address. Ports beyond the limit are not served.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  'max-servers-per-service': Flags.custom<number>({
    default: 10_000,
    description:
      'Servers that the upstreams of one Service have together. Beyond the limit each port uses a sample of its servers.',
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
      'Use loopback, link-local, site-local and unspecified addresses of endpoints, nodes and cluster IPs as servers too: for a demo or a test on one host.',
    helpGroup,
  }),
  'deny-endpoints': Flags.custom<string>({
    description:
      'Addresses that are never used as servers, whichever object has them: 10.20.0.0/16, or a single address. Repeatable.',
    helpGroup,
    helpValue: 'CIDR',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => addressRange(text),
  })(),
  'health-check': Flags.boolean({
    allowNo: true,
    default: true,
    description:
      'Answer health checks over HTTP (default). While on, no Service may listen on the health port.',
    helpGroup,
  }),
  'health-port': Flags.custom<number>({
    default: 7331,
    description: 'Port of the health checks.',
    helpGroup,
    helpValue: 'PORT',
    parse: async (text) => port(text),
  })(),
})

export type ServingFlags = Interfaces.InferredFlags<typeof servingFlags>
