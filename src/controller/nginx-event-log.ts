/** Logs configtests and reloads of NGINX at debug level. The data plane itself logs starts and unexpected exits. */
import type {NginxEvent} from '../dataplane/data-plane.js'
import type {Logger} from '../util/logger.js'

export function logNginxEvent(log: Logger, event: NginxEvent): void {
  if (event.type !== 'test' && event.type !== 'reload') return
  const {type, duration, ...fields} = event
  const message = type === 'test' ? 'configtest finished' : 'NGINX reload finished'
  log.debug(message, {...fields, duration: Math.round(duration)})
}
