/** What lbex reports about the traffic: metrics of each Service, and the access log. */
import {Flags, type Interfaces} from '@oclif/core'
import {path, port} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'traffic'

/** Those that change the configuration of NGINX. */
export const trafficFlags = withEnvironment({
  'traffic-metrics': Flags.boolean({
    description:
      'Count connections, bytes and failures of each Service for /metrics. NGINX then sends lbex a line for each connection that ends.',
    helpGroup,
  }),
  'access-log': Flags.option({
    default: 'off',
    options: ['text', 'json', 'off'] as const,
    description:
      'Write a line for each connection that ends: client, Service, server, bytes, time, and how it ended. To standard error unless --access-log-file is given.',
    helpGroup,
  })(),
  'traffic-port': Flags.custom<number>({
    default: 7333,
    description:
      'UDP port on 127.0.0.1 on which lbex receives these lines from NGINX, with --traffic-metrics or --access-log.',
    helpGroup,
    helpValue: 'PORT',
    parse: async (text) => port(text),
  })(),
})

/** Those of `lbex run` alone. */
export const trafficOutputFlags = withEnvironment({
  'metrics-per-server': Flags.boolean({
    description:
      'Also count the connections, bytes and failures of each upstream server, with --traffic-metrics. This adds four series for each server of each port.',
    helpGroup,
  }),
  'access-log-file': Flags.custom<string>({
    description:
      'File of the access log. lbex renames it to FILE.1 at 100 MiB, and opens it again if another program renames or removes it.',
    helpGroup,
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
})

export type TrafficFlags = Interfaces.InferredFlags<typeof trafficFlags>
export type TrafficOutputFlags = Interfaces.InferredFlags<typeof trafficOutputFlags>

/** The UDP port to which NGINX sends a line for each connection; undefined if it sends none. Not every command has these flags. */
export function trafficPort(flags: Partial<TrafficFlags>): number | undefined {
  const {'traffic-metrics': counts = false, 'access-log': log = 'off', 'traffic-port': port} = flags
  return counts || log !== 'off' ? port : undefined
}
