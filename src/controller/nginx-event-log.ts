/** Logs configtests, reloads and live updates of NGINX at debug level. The data plane itself logs starts and unexpected exits. */
import type {NginxEvent} from '../dataplane/data-plane.js'
import type {Logger} from '../util/logger.js'

const MESSAGES = {
  test: 'configtest finished',
  reload: 'NGINX reload finished',
  'live-update': 'change of servers without a reload finished',
} as const

export function logNginxEvent(log: Logger, event: NginxEvent): void {
  if (event.type === 'start' || event.type === 'unexpected-exit') return
  const {type, duration, ...fields} = event
  log.debug(MESSAGES[type], {...fields, duration: Math.round(duration)})
}
