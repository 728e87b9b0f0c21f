/** Which Services are served. */
import {Flags, type Interfaces} from '@oclif/core'
import {className, namespace, poolName, serviceName} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'selection'

export const selectionFlags = withEnvironment({
  class: Flags.custom<string>({
    default: 'loadbalancer-lbex',
    description:
      'Serve Services with this class: the value of spec.loadBalancerClass, or of the annotation kubernetes.io/loadbalancer-class.',
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => className(text),
  })(),
  'default-load-balancer': Flags.boolean({
    description:
      'Serve every Service of type LoadBalancer without a class too, as the load balancer of the cluster: use it only if no other controller does that.',
    helpGroup,
  }),
  'service-name': Flags.custom<string>({
    description:
      'Serve this Service only: NAME (in any namespace) or NAMESPACE/NAME. render and check process all Services and show this one.',
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => serviceName(text),
  })(),
  'service-pool': Flags.custom<string>({
    description: 'Pool of this load balancer: serve Services of this pool and Services without a pool.',
    helpGroup,
    helpValue: 'POOL',
    parse: async (text) => poolName(text),
  })(),
  'strict-affinity': Flags.boolean({
    description: 'Serve only Services whose pool equals --service-pool. No pool equals an empty one.',
    exclusive: ['anti-affinity'],
    helpGroup,
  }),
  'anti-affinity': Flags.boolean({
    description: 'Serve only Services whose pool differs from --service-pool.',
    exclusive: ['strict-affinity'],
    helpGroup,
  }),
  namespace: Flags.custom<string>({
    char: 'n',
    description: 'Serve only Services of this namespace. Repeatable.',
    helpGroup,
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => namespace(text),
  })(),
  'exclude-namespace': Flags.custom<string>({
    description: 'Do not serve Services of this namespace. Repeatable.',
    helpGroup,
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => namespace(text),
  })(),
  'require-port': Flags.boolean({
    allowNo: true,
    default: true,
    description:
      'Serve only ports whose listen port is set by an annotation (default). Off: the listen port is the service port.',
    helpGroup,
  }),
})

export type SelectionFlags = Interfaces.InferredFlags<typeof selectionFlags>
