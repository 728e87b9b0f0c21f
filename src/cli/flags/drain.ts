/** The flags of `lbex drain`: those of `lbex run` that say which NGINX to drain, and how. */
import {daemonFlags, type DaemonFlags} from './daemon.js'
import {nginxFlags, type NginxFlags} from './nginx.js'

export const drainFlags = {
  'shutdown-timeout': ofDrain(daemonFlags['shutdown-timeout']),
  'pre-stop-delay': ofDrain(daemonFlags['pre-stop-delay'], 'How long NGINX keeps serving before the drain.'),
  'nginx-dir': nginxFlags['nginx-dir'],
  'nginx-bin': nginxFlags['nginx-bin'],
  'nginx-module': nginxFlags['nginx-module'],
}

export type DrainFlags = Pick<DaemonFlags, 'shutdown-timeout' | 'pre-stop-delay'> &
  Pick<NginxFlags, 'nginx-dir' | 'nginx-bin' | 'nginx-module'>

/** The same flag in another group of the help. */
function ofDrain<T extends {description?: string}>(flag: T, description = flag.description): T {
  return {...flag, helpGroup: 'drain', description}
}
