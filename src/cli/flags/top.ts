/** The flags of `lbex top`. */
import {Flags, type Interfaces} from '@oclif/core'
import {TOP_KEYS} from '../../report/top-report.js'
import {withEnvironment} from './named.js'
import {nginxFlags, type NginxFlags} from './nginx.js'
import {selectionFlags, type SelectionFlags} from './selection.js'
import {statusFlags, type StatusFlags} from './status.js'

const helpGroup = 'output'

const ownFlags = withEnvironment({
  output: Flags.option({
    char: 'o',
    options: ['json'] as const,
    description: 'json: print one JSON object with the values of each port, and exit. Default: a table.',
    helpGroup,
  })(),
  'sort-by': Flags.option({
    default: 'connections',
    options: TOP_KEYS,
    description:
      'connections: new connections per second. active: open connections. in, out: bytes per second from and to clients. The largest value is first.',
    helpGroup,
  })(),
  once: Flags.boolean({
    description: 'Print the table once, also on a terminal. Default if standard output is not a terminal.',
    helpGroup,
  }),
})

export const topFlags = {
  ...ownFlags,
  'all-namespaces': statusFlags['all-namespaces'],
  selector: statusFlags.selector,
  namespace: ofTop(selectionFlags.namespace, 'Show only Services of this namespace. Repeatable.'),
  'nginx-dir': nginxFlags['nginx-dir'],
}

export type TopFlags = Interfaces.InferredFlags<typeof ownFlags> &
  Partial<Pick<SelectionFlags, 'namespace'>> &
  Pick<StatusFlags, 'selector'> &
  Pick<NginxFlags, 'nginx-dir'>

/** The same flag in another group of the help. */
function ofTop<T extends object>(flag: T, description: string): T {
  return {...flag, helpGroup, description}
}
