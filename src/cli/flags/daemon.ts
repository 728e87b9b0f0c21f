/** The flags of `lbex run` alone: reloads, health checks and how it stops. */
import {Flags, type Interfaces} from '@oclif/core'
import {address, duration, serviceUnit} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'run'

export const daemonFlags = withEnvironment({
  once: Flags.boolean({
    description: 'Apply the configuration once and exit, instead of watching for changes.',
    helpGroup,
  }),
  'on-stop': Flags.option({
    options: ['drain', 'leave'] as const,
    description:
      'What happens to NGINX when lbex stops. drain: it finishes its connections and exits; leave: it keeps serving, and the next lbex adopts it. Default: drain; with --once: leave.',
    helpGroup,
  })(),
  'nginx-unit': Flags.custom<string>({
    description:
      'systemd unit to move the processes of NGINX to, so that the unit of lbex has only those of lbex. It needs Delegate=yes, and must run as the user of lbex. Default: NGINX stays in the unit of lbex.',
    helpGroup,
    helpValue: 'UNIT',
    parse: async (text) => serviceUnit(text),
  })(),
  'shutdown-timeout': Flags.custom<number>({
    default: 30_000,
    defaultHelp: async () => '30s',
    description: 'How long open connections may take to finish in a drain.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'pre-stop-delay': Flags.custom<number>({
    default: 0,
    defaultHelp: async () => '0s',
    description:
      'How long to keep serving after /readyz starts to fail, so that clients of /readyz notice before the drain.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'reload-interval': Flags.custom<number>({
    default: 1000,
    defaultHelp: async () => '1s',
    description:
      'Minimum time between two reloads of NGINX while changes keep coming. A change after a quiet period is applied at once.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'consolidate-after': Flags.custom<number>({
    default: 30_000,
    defaultHelp: async () => '30s',
    description:
      'How long servers must not have changed until changes that were made without a reload (--live-updates) are written into the configuration of NGINX, with a reload. The next reload for another reason, or one after 5 minutes of changes, does it too.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'stale-after': Flags.custom<number>({
    default: 120_000,
    defaultHelp: async () => '2m',
    description:
      'How long lbex may be without contact to the cluster before /readyz and the metrics report stale data. NGINX keeps serving it.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'health-address': Flags.custom<string>({
    description: 'IP address of this host to answer health checks on. Default: all addresses.',
    helpGroup,
    helpValue: 'ADDRESS',
    parse: async (text) => address(text),
  })(),
})

export type DaemonFlags = Interfaces.InferredFlags<typeof daemonFlags>
