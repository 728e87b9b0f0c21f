/** One file of an NGINX configuration, as a value. */
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import type {ListenerKey} from '../core/model/listener-key.js'

export type NginxFile = {
  /** Relative to the folder of nginx.conf: `nginx.conf`, or `services/NAME.conf`, where NAME ends in a hash of the text. */
  readonly path: string
  readonly text: string
  /** The Services that have a route in the file, several for a listener that they share; empty for nginx.conf. */
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
}
