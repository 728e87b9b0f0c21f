/** The flags of `lbex gce`. Most are from gce-up.sh and gce-down.sh of lbex 1.x. Their variables begin with LBEX_GCE_. */
import {Flags, type Interfaces} from '@oclif/core'
import {
  cidrs,
  hostCount,
  machineType,
  lbexPackage,
  projectId,
  regionName,
  resourceName,
  serviceAccount,
  servedPorts,
  subnetCidr,
  waitTimeout,
  zoneOrRegion,
  type LbexPackage,
} from '../gce-values.js'
import {port} from '../values.js'
import {withEnvironment} from './named.js'

const PREFIX = 'LBEX_GCE_'

export const gceTargetFlags = withEnvironment(
  {
    name: Flags.custom<string>({
      char: 'n',
      description: 'Base name of all resources of the group. Required.',
      helpGroup: 'group',
      helpValue: 'NAME',
      parse: async (text) => resourceName(text),
    })(),
    project: Flags.custom<string>({
      char: 'i',
      description: 'ID of the Google Cloud project. Required.',
      helpGroup: 'group',
      helpValue: 'PROJECT',
      parse: async (text) => projectId(text),
    })(),
    region: Flags.custom<string>({
      char: 'r',
      default: 'us-central1',
      description: 'Region of the group.',
      helpGroup: 'group',
      helpValue: 'REGION',
      parse: async (text) => regionName(text),
    })(),
  },
  PREFIX,
)

export const gceUpFlags = withEnvironment(
  {
    'cluster-name': Flags.custom<string>({
      char: 'm',
      description: 'The GKE cluster whose Services are served. Required.',
      helpGroup: 'cluster',
      helpValue: 'NAME',
      parse: async (text) => resourceName(text),
    })(),
    'cluster-network': Flags.custom<string>({
      char: 't',
      description: 'The network of the cluster; it must be a custom mode network. Required.',
      helpGroup: 'cluster',
      helpValue: 'NAME',
      parse: async (text) => resourceName(text),
    })(),
    'cluster-zone': Flags.custom<string>({
      char: 'z',
      default: 'us-central1-a',
      description:
        'The zone of the cluster, or the region of a regional cluster. It must be in the region of the group.',
      helpGroup: 'cluster',
      helpValue: 'ZONE|REGION',
      parse: async (text) => zoneOrRegion(text),
    })(),
    cidr: Flags.custom<string>({
      char: 'c',
      default: '10.150.0.0/27',
      description:
        'Address range of the hosts: for --num-autoscale hosts and three more in a rollout. No other subnet may use it. (The default of lbex 1.x, a /28, has room for 12 hosts: too few for 10 and a rollout.)',
      helpGroup: 'hosts',
      helpValue: 'CIDR',
      parse: async (text) => subnetCidr(text),
    })(),
    'num-autoscale': Flags.custom<number>({
      char: 's',
      default: 10,
      description: 'Maximum number of hosts in the group; the minimum is 2.',
      helpGroup: 'hosts',
      helpValue: 'N',
      parse: async (text) => hostCount(text),
    })(),
    'machine-type': Flags.custom<string>({
      char: 'a',
      default: 'e2-small',
      description: 'Machine type of the hosts.',
      helpGroup: 'hosts',
      helpValue: 'TYPE',
      parse: async (text) => machineType(text),
    })(),
    'service-account': Flags.custom<string>({
      description:
        'Service account of the hosts. It must be able to read the cluster: roles/container.viewer, or roles/container.clusterViewer and a role in the cluster.',
      exclusive: ['create-service-account'],
      helpGroup: 'hosts',
      helpValue: 'EMAIL',
      parse: async (text) => serviceAccount(text),
    })(),
    'create-service-account': Flags.boolean({
      allowNo: true,
      default: true,
      description:
        'Create a service account NAME-host that may only read the cluster and write logs and metrics (default, unless --service-account is given). Off: --service-account is required.',
      exclusive: ['service-account'],
      helpGroup: 'hosts',
    }),
    address: Flags.boolean({
      allowNo: true,
      default: true,
      description:
        'Give hosts external addresses (default). Off: hosts install their packages through a Cloud NAT.',
      helpGroup: 'hosts',
    }),
    'can-ip-forward': Flags.boolean({
      description:
        'Let hosts send packets with the source addresses of clients, for Services with passthrough. lbex does not create the routes that return the answers to the same host: see docs/google-cloud.md.',
      helpGroup: 'hosts',
    }),
    'lbex-package': Flags.custom<LbexPackage>({
      description:
        'The lbex that hosts install: https://HOST/PATH.tgz#sha256=CHECKSUM, or a version for npm such as lbex@2.0.0 (default: this version, once lbex is published; until then the flag is required).',
      helpGroup: 'hosts',
      helpValue: 'PACKAGE',
      parse: async (text) => lbexPackage(text),
    })(),
    ports: Flags.custom<readonly string[]>({
      default: ['tcp:80', 'tcp:443'],
      defaultHelp: async () => '80,443',
      description: 'Ports of Services, opened to --ingress-cidr: 80,443,9827/udp,8000-8100.',
      helpGroup: 'traffic',
      helpValue: 'PORTS',
      parse: async (text) => servedPorts(text),
    })(),
    'ingress-cidr': Flags.custom<readonly string[]>({
      char: 'g',
      default: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      defaultHelp: async () => '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
      description:
        'Addresses of clients. Default: private networks only. 0.0.0.0/0 is all addresses (lbex 1.x opened all ports to it).',
      helpGroup: 'traffic',
      helpValue: 'CIDR,...',
      parse: async (text) => cidrs(text),
    })(),
    'health-port': Flags.custom<number>({
      char: 'p',
      default: 7331,
      description: "Port of lbex's health checks, opened to Google's probes.",
      helpGroup: 'traffic',
      helpValue: 'PORT',
      parse: async (text) => port(text),
    })(),
    wait: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'Wait until every host is healthy (default).',
      helpGroup: 'run',
    }),
    'wait-timeout': Flags.custom<number>({
      default: 900_000,
      defaultHelp: async () => '15m',
      description: 'Maximum time to wait; must be longer than 0.',
      helpGroup: 'run',
      helpValue: 'DURATION',
      parse: async (text) => waitTimeout(text),
    })(),
    'rollback-on-failure': Flags.boolean({
      description: 'If a step fails, delete what this run has created.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gcePlanFlags = withEnvironment(
  {
    'dry-run': Flags.boolean({
      description: 'Print the commands without running them.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gceJsonFlags = withEnvironment(
  {
    json: Flags.boolean({
      description: 'Print one JSON object on standard output; progress goes to standard error.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gceDownFlags = withEnvironment(
  {
    yes: Flags.boolean({
      char: 'y',
      description: 'Do not ask for confirmation. Required without a terminal.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gceStatusFlags = withEnvironment(
  {
    watch: Flags.boolean({
      description: 'Repeat every five seconds until Ctrl-C.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export type GceTargetFlags = Interfaces.InferredFlags<typeof gceTargetFlags>
export type GceUpFlags = Interfaces.InferredFlags<typeof gceUpFlags>
export type GcePlanFlags = Interfaces.InferredFlags<typeof gcePlanFlags>
export type GceJsonFlags = Interfaces.InferredFlags<typeof gceJsonFlags>
export type GceDownFlags = Interfaces.InferredFlags<typeof gceDownFlags>
export type GceStatusFlags = Interfaces.InferredFlags<typeof gceStatusFlags>
