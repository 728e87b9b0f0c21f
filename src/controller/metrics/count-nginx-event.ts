import type {NginxEvent} from '../../dataplane/data-plane.js'
import type {Instruments} from './instruments.js'

/** Only a reload that was confirmed tells how long one takes. */
export function countNginxEvent(instruments: Instruments, event: NginxEvent): void {
  const {nginxTestDuration, nginxReloads, nginxReloadDuration, nginxStarts, nginxUnexpectedExits} =
    instruments
  switch (event.type) {
    case 'test':
      return nginxTestDuration.observe({result: event.result}, event.duration / 1000)
    case 'reload':
      nginxReloads.inc({result: event.result, reason: event.reason})
      if (event.result === 'confirmed') nginxReloadDuration.observe(event.duration / 1000)
      return
    case 'start':
      return nginxStarts.inc({result: event.result})
    case 'death':
      return nginxUnexpectedExits.inc()
  }
}
