/** The flags for what `lbex run` writes to the API server. */
import {Flags, type Interfaces} from '@oclif/core'
import {groupName, namespace, positiveNumber, publishedAddress} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'publishing'

export const publishFlags = withEnvironment({
  publish: Flags.option({
    options: ['auto', 'on', 'off'] as const,
    default: 'auto' as const,
    description:
      'Write the status of LoadBalancer Services, and Events, to the API server. auto (default): if lbex has the permissions, and not with --once; on: always, with a warning if a permission is missing; off: never. lbex never writes if it reads files (-f).',
    helpGroup,
  })(),
  'publish-address': Flags.custom<string>({
    description:
      'IP address or host name that clients connect to, such as a virtual IP address. Repeatable. Default: the --listen-address of all ready hosts of the group; for a host that listens on all addresses, its address on the route to the API server.',
    helpGroup,
    helpValue: 'ADDRESS',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => publishedAddress(text),
  })(),
  'publish-group': Flags.custom<string>({
    defaultHelp: async () => 'the class, the pool and the selected Services',
    description:
      'The group of hosts that publish together: one of them, the leader, writes the status with the addresses of all. Hosts that serve different Services need different groups.',
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => groupName(text),
  })(),
  'publish-namespace': Flags.custom<string>({
    defaultHelp: async () => 'the namespace of the Pod, or else lbex-system',
    description: 'Namespace of the Leases for the leader election and the hosts of the group.',
    helpGroup,
    helpValue: 'NAMESPACE',
    parse: async (text) => namespace(text),
  })(),
  'publish-qps': Flags.custom<number>({
    default: 20,
    description: 'Maximum number of writes to the API server per second.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  finalizer: Flags.boolean({
    description:
      'Set the finalizer service.kubernetes.io/load-balancer-cleanup on published Services: a deleted Service remains until its listeners are closed.',
    helpGroup,
  }),
})

export type PublishFlags = Interfaces.InferredFlags<typeof publishFlags>
