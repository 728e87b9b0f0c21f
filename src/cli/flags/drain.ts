/** What `lbex drain` has to know: the flags of `lbex run` that say which NGINX, and how it ends. */
import {daemonFlags, type DaemonFlags} from './daemon.js'
import {nginxFlags, type NginxFlags} from './nginx.js'

export const drainFlags = {
  'shutdown-timeout': ofDrain(daemonFlags['shutdown-timeout']),
  'pre-stop-delay': ofDrain(
    daemonFlags['pre-stop-delay'],
    'How long NGINX goes on serving before it is told to finish.',
  ),
  'nginx-dir': nginxFlags['nginx-dir'],
  'nginx-bin': nginxFlags['nginx-bin'],
  'nginx-module': nginxFlags['nginx-module'],
}

export type DrainFlags = Pick<DaemonFlags, 'shutdown-timeout' | 'pre-stop-delay'> &
  Pick<NginxFlags, 'nginx-dir' | 'nginx-bin' | 'nginx-module'>

/** The same flag under another heading of the help. */
function ofDrain<T extends {description?: string}>(flag: T, description = flag.description): T {
  return {...flag, helpGroup: 'drain', description}
}
