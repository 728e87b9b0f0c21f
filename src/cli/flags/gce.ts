/** The flags of `lbex gce`: the first lbex's gce-up.sh and gce-down.sh had most of them. Their variables begin with LBEX_GCE_. */
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
      description: 'Base name of everything that belongs to the group. Required.',
      helpGroup: 'group',
      helpValue: 'NAME',
      parse: async (text) => resourceName(text),
    })(),
    project: Flags.custom<string>({
      char: 'i',
      description: 'Id of the Google Cloud project. Required.',
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
      description: 'The network of the cluster; it must be a custom mode one. Required.',
      helpGroup: 'cluster',
      helpValue: 'NAME',
      parse: async (text) => resourceName(text),
    })(),
    'cluster-zone': Flags.custom<string>({
      char: 'z',
      default: 'us-central1-a',
      description: 'The zone of the cluster, or the region of a regional one; in the region of the group.',
      helpGroup: 'cluster',
      helpValue: 'ZONE|REGION',
      parse: async (text) => zoneOrRegion(text),
    })(),
    cidr: Flags.custom<string>({
      char: 'c',
      default: '10.150.0.0/27',
      description:
        'Addresses of the hosts, for --num-autoscale and the three of a rollout; nothing else may use them. (The /28 that was the default of the first lbex holds 12 hosts: too few for 10 and a rollout.)',
      helpGroup: 'hosts',
      helpValue: 'CIDR',
      parse: async (text) => subnetCidr(text),
    })(),
    'num-autoscale': Flags.custom<number>({
      char: 's',
      default: 10,
      description: 'Most hosts that the group grows to; it has at least 2.',
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
        'Account that the hosts run as. It must be able to read the cluster: roles/container.viewer, or roles/container.clusterViewer and a role in the cluster.',
      exclusive: ['create-service-account'],
      helpGroup: 'hosts',
      helpValue: 'EMAIL',
      parse: async (text) => serviceAccount(text),
    })(),
    'create-service-account': Flags.boolean({
      allowNo: true,
      default: true,
      description:
        'Make an account NAME-host that may read the cluster and write logs and metrics, and no more (default, where --service-account names none). Off: --service-account must name one.',
      exclusive: ['service-account'],
      helpGroup: 'hosts',
    }),
    address: Flags.boolean({
      allowNo: true,
      default: true,
      description:
        'Give hosts external addresses (default). Off: they get a Cloud NAT to install their packages through.',
      helpGroup: 'hosts',
    }),
    'can-ip-forward': Flags.boolean({
      description:
        'Let hosts send packets with the addresses of clients: for Services with passthrough. Routes that lead the answers back to the same host are not made: docs/google-cloud.md says what is needed.',
      helpGroup: 'hosts',
    }),
    'lbex-package': Flags.custom<LbexPackage>({
      description:
        'The lbex that hosts install: https://HOST/PATH.tgz#sha256=CHECKSUM, or a version for npm such as lbex@2.0.0 (default: this one, once lbex is published; until then it must be given).',
      helpGroup: 'hosts',
      helpValue: 'PACKAGE',
      parse: async (text) => lbexPackage(text),
    })(),
    ports: Flags.custom<readonly string[]>({
      default: ['tcp:80', 'tcp:443'],
      defaultHelp: async () => '80,443',
      description: 'Ports that Services are served on, open to --ingress-cidr: 80,443,9827/udp,8000-8100.',
      helpGroup: 'traffic',
      helpValue: 'PORTS',
      parse: async (text) => servedPorts(text),
    })(),
    'ingress-cidr': Flags.custom<readonly string[]>({
      char: 'g',
      default: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      defaultHelp: async () => '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
      description:
        'Where clients come from. Default: private networks only. 0.0.0.0/0 is everywhere (what the first lbex opened, on all ports).',
      helpGroup: 'traffic',
      helpValue: 'CIDR,...',
      parse: async (text) => cidrs(text),
    })(),
    'health-port': Flags.custom<number>({
      char: 'p',
      default: 7331,
      description: "Port of lbex's health checks, open to Google's probes.",
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
      description: 'How long to wait; longer than 0.',
      helpGroup: 'run',
      helpValue: 'DURATION',
      parse: async (text) => waitTimeout(text),
    })(),
    'rollback-on-failure': Flags.boolean({
      description: 'When a step fails, delete what this run has made.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gcePlanFlags = withEnvironment(
  {
    'dry-run': Flags.boolean({
      description: 'Print the commands that would be run, and change nothing.',
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
      description: 'Do not ask. Needed where there is no terminal.',
      helpGroup: 'run',
    }),
  },
  PREFIX,
)

export const gceStatusFlags = withEnvironment(
  {
    watch: Flags.boolean({
      description: 'Show it again every five seconds, until Ctrl-C.',
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
