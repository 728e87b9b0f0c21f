/** What `lbex run` writes to the API of the cluster. */
import {Flags, type Interfaces} from '@oclif/core'
import {groupName, namespace, positiveNumber, publishedAddress} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'publishing'

export const publishFlags = withEnvironment({
  publish: Flags.option({
    options: ['auto', 'on', 'off'] as const,
    default: 'auto' as const,
    description:
      'Write the status of LoadBalancer Services and Events to the API. auto (default): if the credentials allow it, and not with --once; on: also with --once, with a warning if a right is missing; off: write nothing. Nothing is written if the objects come from files.',
    helpGroup,
  })(),
  'publish-address': Flags.custom<string>({
    description:
      'IP address or host name that clients connect to, such as a virtual IP address. Repeatable. Default: the addresses of --listen-address of all hosts of the group; if they listen on every address, the address of each on its route to the API server.',
    helpGroup,
    helpValue: 'ADDRESS',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => publishedAddress(text),
  })(),
  'publish-group': Flags.custom<string>({
    defaultHelp: async () => 'the class and the pool',
    description:
      'Hosts with the same group publish together: one of them writes the status, with the addresses of all. Hosts that serve different Services need different groups.',
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => groupName(text),
  })(),
  'publish-namespace': Flags.custom<string>({
    defaultHelp: async () => 'the namespace of the Pod, else lbex-system',
    description: 'Namespace of the Leases by which the hosts of a group know each other.',
    helpGroup,
    helpValue: 'NAMESPACE',
    parse: async (text) => namespace(text),
  })(),
  'publish-qps': Flags.custom<number>({
    default: 20,
    description: 'The most writes of status and Events in a second.',
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  finalizer: Flags.boolean({
    description:
      'Set the finalizer service.kubernetes.io/load-balancer-cleanup on the Services that are published: a deleted Service stays until its listeners are closed.',
    helpGroup,
  }),
})

export type PublishFlags = Interfaces.InferredFlags<typeof publishFlags>
