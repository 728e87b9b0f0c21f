/** Which Services are served. */
import {Flags, type Interfaces} from '@oclif/core'
import {namespace, poolName, serviceName} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'selection'

export const selectionFlags = withEnvironment({
  'service-name': Flags.custom<string>({
    description:
      'Serve this Service only: NAME (in any namespace) or NAMESPACE/NAME. render and check judge all Services and show this one.',
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => serviceName(text),
  })(),
  'service-pool': Flags.custom<string>({
    description: 'The pool of this load balancer: serve Services without a pool and those of this pool.',
    helpGroup,
    helpValue: 'POOL',
    parse: async (text) => poolName(text),
  })(),
  'strict-affinity': Flags.boolean({
    description: 'Serve only Services whose pool equals --service-pool; having none equals an empty one.',
    exclusive: ['anti-affinity'],
    helpGroup,
  }),
  'anti-affinity': Flags.boolean({
    description: 'Serve only Services whose pool differs from --service-pool.',
    exclusive: ['strict-affinity'],
    helpGroup,
  }),
  namespace: Flags.custom<string>({
    description: 'Serve Services of this namespace only. Repeatable.',
    helpGroup,
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => namespace(text),
  })(),
  'exclude-namespace': Flags.custom<string>({
    description: 'Serve no Service of this namespace. Repeatable.',
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
      'Serve only ports that an annotation gives a listen port (default). Off: the listen port is the service port.',
    helpGroup,
  }),
})

export type SelectionFlags = Interfaces.InferredFlags<typeof selectionFlags>
