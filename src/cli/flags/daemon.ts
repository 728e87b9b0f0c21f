/** How `lbex run` waits, watches, answers and ends. */
import {Flags, type Interfaces} from '@oclif/core'
import {address, duration} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'run'

export const daemonFlags = withEnvironment({
  once: Flags.boolean({
    description: 'Apply what is wanted now and end, instead of watching for changes.',
    helpGroup,
  }),
  'on-stop': Flags.option({
    options: ['drain', 'leave'] as const,
    description:
      'What becomes of NGINX when lbex ends. drain: it finishes its connections and ends; leave: it goes on serving and the next lbex adopts it. Default: drain; with --once: leave.',
    helpGroup,
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
      'How long to go on serving after /readyz has begun to fail, so that others notice before the drain.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'reload-interval': Flags.custom<number>({
    default: 1000,
    defaultHelp: async () => '1s',
    description:
      'Least time between two reloads of NGINX while changes keep coming; a change after a quiet time is applied at once.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'stale-after': Flags.custom<number>({
    default: 120_000,
    defaultHelp: async () => '2m',
    description:
      'How long there may be no news of the cluster before /readyz and the metrics call what is known stale. It is served all the same.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
  'health-address': Flags.custom<string>({
    description: 'IP address of this host that answers health checks. Default: every address.',
    helpGroup,
    helpValue: 'ADDRESS',
    parse: async (text) => address(text),
  })(),
})

export type DaemonFlags = Interfaces.InferredFlags<typeof daemonFlags>
