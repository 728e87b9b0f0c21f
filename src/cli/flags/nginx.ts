/** Which NGINX to run, and how. */
import {Flags, type Interfaces} from '@oclif/core'
import {duration, path, plainPath, quotablePath, workers} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'nginx'

export const nginxFlags = withEnvironment({
  'nginx-dir': Flags.custom<string>({
    description:
      'Folder for all files of this NGINX. Default: /var/lib/lbex/nginx for root, else lbex/nginx in $XDG_STATE_HOME or ~/.local/state.',
    helpGroup,
    helpValue: 'DIR',
    parse: async (text) => plainPath(text),
  })(),
  'nginx-bin': Flags.custom<string>({
    description: 'The nginx program. Default: nginx in PATH or in the usual folders.',
    helpGroup,
    helpValue: 'PATH',
    parse: async (text) => path(text),
  })(),
  'nginx-module': Flags.custom<string>({
    description:
      'Path of the stream module (ngx_stream_module.so), if it is a dynamic one. Default: as nginx -V reports.',
    helpGroup,
    helpValue: 'PATH',
    parse: async (text) => quotablePath(text),
  })(),
  workers: Flags.custom<number>({
    description: 'Number of worker processes. Default: one for each CPU that lbex may use.',
    helpGroup,
    helpValue: 'N',
    parse: async (text) => workers(text),
  })(),
  'live-updates': Flags.option({
    default: 'auto',
    options: ['auto', 'on', 'off'] as const,
    description:
      'Change the servers of a Service without a reload of NGINX. auto (default): if NGINX has njs with the engine QuickJS (njs 0.8.6 or later, if it was built with it); on: also with the other engine of njs, which costs NGINX about half more CPU time for each connection (package libnginx-mod-stream-js, from Debian 13 on), and fail without njs; off: every change is a reload.',
    helpGroup,
  })(),
  'worker-shutdown-timeout': Flags.custom<number>({
    default: 12 * 3_600_000,
    defaultHelp: async () => '12h',
    description: 'How long connections that are open at a reload may continue; 0 for no limit.',
    helpGroup,
    helpValue: 'DURATION',
    parse: async (text) => duration(text),
  })(),
})

export type NginxFlags = Interfaces.InferredFlags<typeof nginxFlags>
