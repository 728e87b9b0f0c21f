/** Active health checks of servers to which NGINX speaks TLS. */
import type {PortIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {TlsFiles} from './tls-files.js'

/**
 * The settings with TLS for the check, if the servers expect it: the probe verifies what NGINX verifies. A check of another port
 * talks to something else, and one by UDP has no TLS.
 */
export function withTlsProbe(
  {listenerSettings: {tlsToBackend}}: Pick<PortIntent, 'listenerSettings'>,
  {backendAuthorities}: TlsFiles,
  settings: UpstreamSettings,
): UpstreamSettings {
  const {healthCheck} = settings
  if (!tlsToBackend || !healthCheck || healthCheck.port !== undefined || healthCheck.type === 'udp')
    return settings
  const {name, caSecret} = tlsToBackend
  const authorities = backendAuthorities?.credential
  // Only a cluster has the Secret, and without it nothing is probed.
  if (caSecret !== undefined && !authorities) return settings
  const id = JSON.stringify([healthCheck.id, name, authorities?.hash])
  const tls = {name, ...(authorities && {authorities})}
  return {...settings, healthCheck: {...healthCheck, id, tls}}
}
